"""How full code storage is, and on which day it will be full, without reading all of it each time.

What is used is one call. The pace is not: every version has to be seen to tell what was published
in the last thirty days. It changes slowly, so whoever has read it, ``storage`` or the console,
keeps it in a file for each account and region, and it holds for a day.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lambdactl.aws.parts import Parts
from lambdactl.model import Place
from lambdactl.model_storage import LayerVersion
from lambdactl.plan.storage import PACE_DAYS, Outlook
from lambdactl.state_home import cache_dir, replace_private

if TYPE_CHECKING:
    from lambdactl.aws import Aws

HOLDS = timedelta(days=1)
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Kept:
    """What was read last, and when; bytes."""

    taken: datetime
    published: int
    prunable: int | None


class StorageMemory:
    """Of one place. What cannot be read is not known; ``tell`` gets a line of what went wrong."""

    def __init__(self, place: Place, tell: Tell, directory: Path | None = None) -> None:
        # An endpoint that is not AWS's may be another account each time, under the same number.
        elsewhere = "".join(c if c.isalnum() else "-" for c in place.endpoint or "")
        name = f"storage-{place.account_id}-{place.region}{elsewhere and f'-{elsewhere}'}.json"
        self._path = (directory or cache_dir()) / name
        self._tell = tell

    def kept(self) -> Kept | None:
        try:
            told = json.loads(self._path.read_text(encoding="utf-8"))
            prunable = told["prunable"]
            taken = datetime.fromisoformat(told["taken"])
            return Kept(taken, int(told["published"]), None if prunable is None else int(prunable))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._tell(f"{self._path} cannot be read: {error}")
            return None

    def keep(self, found: Outlook) -> None:
        """Nothing to be kept where the pace is not known."""
        row = {
            "taken": found.taken.isoformat(),
            "published": found.published,
            "prunable": found.prunable,
        }
        try:
            replace_private(self._path, json.dumps(row))
        except OSError as error:
            self._tell(f"{self._path} cannot be written: {error.strerror}")


def outlook(aws: Aws) -> Outlook:
    """What is used, in one call, with the pace and what a prune would free where that is kept."""
    used = aws.storage()
    kept = StorageMemory(aws.place(), aws.tell).kept()
    now = aws.now()
    if kept is None or not timedelta(0) <= now - kept.taken < HOLDS:
        return Outlook(now, used.used, used.limit, None, None)
    return Outlook(now, used.used, used.limit, kept.published, kept.prunable)


def read_pace(aws: Aws) -> Iterator[Outlook | None]:
    """The outlook with its pace, last: one call for fifty versions, and None after each."""
    now = aws.now()
    since = now - timedelta(days=PACE_DAYS)
    published = 0
    layers: dict[str, int] = {}
    for page in aws.sweep():
        published += sum(
            v.code_size for _, v in page.rows if v.number and v.published and v.published >= since
        )
        layers.update(page.layers)
        yield None
    none: tuple[LayerVersion, ...] = ()
    # Layers that may not be read are left out: the pace is the least that was.
    found = Parts().read("layers", partial(_layers, aws, layers), none)
    told = replace(outlook(aws), published=published + paced(found, since))
    StorageMemory(aws.place(), aws.tell).keep(replace(told, taken=now))
    yield told


def _layers(aws: Aws, known: dict[str, int]) -> tuple[LayerVersion, ...]:
    return tuple(aws.layer_versions(known))


def paced(layers: Iterable[LayerVersion], since: datetime) -> int:
    """Bytes of the layer versions made since."""
    return sum(v.code_size for v in layers if v.created is not None and v.created >= since)
