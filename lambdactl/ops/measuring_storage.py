"""Code storage of an account, read: who holds it, what it grew by, what a prune would free."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from lambdactl.aws.parts import Parts
from lambdactl.model_storage import LayerVersion
from lambdactl.ops.events import Event
from lambdactl.ops.sightings import Sightings
from lambdactl.ops.spool import Spool
from lambdactl.ops.storage_outlook import StorageMemory, paced
from lambdactl.ops.survey import Asked, Survey
from lambdactl.plan.storage import PACE_DAYS, Cached, Holding, StorageReport, is_billed

if TYPE_CHECKING:
    from lambdactl.aws import Aws


class Measuring:
    """``events`` reads the account; ``report`` is there when they have ended."""

    def __init__(self, aws: Aws, asked: Asked) -> None:
        self.aws = aws
        self.asked = asked
        self._report: StorageReport | None = None

    @property
    def report(self) -> StorageReport:
        if self._report is None:
            raise ValueError("the account has not been read to its end")
        return self._report

    def events(self) -> Iterator[Event]:
        with closing(Spool()) as spool:
            survey = Survey(self.aws, self.asked, spool, Sightings(self.aws.place()))
            yield from survey.read()
            parts = Parts()
            none: tuple[LayerVersion, ...] = ()
            layers = parts.read("layers", partial(self.layers, spool), none)
            unread = tuple((u.part, u.reason) for u in parts.unread)
            self._report = self.told(spool, layers, survey.taken, unread)
            StorageMemory(self.aws.place(), self.aws.tell).keep(self._report)

    def layers(self, spool: Spool) -> tuple[LayerVersion, ...]:
        return tuple(self.aws.layer_versions(spool.layers()))

    def told(
        self,
        spool: Spool,
        layers: tuple[LayerVersion, ...],
        taken: datetime,
        unread: tuple[tuple[str, str], ...],
    ) -> StorageReport:
        found = self.aws.storage()
        ((prunable, versions),) = spool.select(
            "select coalesce(sum(size), 0), count(*) from version where fate = 'delete'"
        )
        skipped = spool.select(
            "select name, skipped from function where skipped is not null order by name"
        )
        return StorageReport(
            taken=taken,
            used=found.used,
            limit=found.limit,
            functions=by_function(spool),
            layers=by_layer(layers),
            cached=cached(spool, "1"),
            published=published(spool, layers, taken - timedelta(days=PACE_DAYS)),
            prunable=prunable,
            prunable_versions=versions,
            prunable_cached=cached(spool, "fate = 'delete'"),
            skipped=(*unread, *((name, why) for name, why in skipped)),
        )


def by_function(spool: Spool) -> tuple[Holding, ...]:
    rows = spool.select(
        "select function, sum(size), sum(number > 0) from version group by function"
        " order by 2 desc, 1"
    )
    return tuple(Holding(name, size, versions) for name, size, versions in rows)


def by_layer(layers: tuple[LayerVersion, ...]) -> tuple[Holding, ...]:
    names = dict.fromkeys(v.name for v in layers)
    held = [[v.code_size for v in layers if v.name == name] for name in names]
    found = [Holding(n, sum(sizes), len(sizes)) for n, sizes in zip(names, held, strict=True)]
    return tuple(sorted(found, key=lambda h: (-h.size, h.name)))


def published(spool: Spool, layers: tuple[LayerVersion, ...], since: datetime) -> int:
    ((size,),) = spool.select(
        "select coalesce(sum(size), 0) from version where number > 0 and published >= ?",
        (since.timestamp(),),
    )
    return int(size) + paced(layers, since)


def cached(spool: Spool, which: str) -> Cached:
    """The billed SnapStart versions among those that ``which`` selects."""
    rows = spool.select(
        f"select data from version where number > 0 and data like '%\"snap_start\"%' and {which}"
    )
    told = [json.loads(data) for (data,) in rows]
    billed = [t for t in told if is_billed(t.get("runtime"))]
    return Cached(len(billed), sum(t.get("memory_mb") or 0 for t in billed))
