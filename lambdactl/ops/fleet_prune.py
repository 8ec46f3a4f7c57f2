"""A prune of many functions: planned into a file, applied from it, region by region."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from lambdactl.errors import LambdactlError
from lambdactl.ops import journal
from lambdactl.ops.events import Event, LayerVersionDeleted
from lambdactl.ops.function_prune import Terms, job_of
from lambdactl.ops.plan_file import Head, Section, new_id, refuse_unfit, write_section
from lambdactl.ops.pruning import WORKERS, Run
from lambdactl.ops.sightings import Sightings
from lambdactl.ops.spool import Spool
from lambdactl.ops.survey import Asked, Survey
from lambdactl.plan.layers import LayerVerdict, judge_layers

if TYPE_CHECKING:
    from lambdactl.aws import Aws

TOTALS = """
select coalesce(sum(v.fate = 'delete'), 0), coalesce(sum(v.fate = 'keep'), 0),
       coalesce(sum(case when v.fate = 'delete' then v.size else 0 end), 0)
from version v join function f on f.name = v.function where v.number > 0
"""


class Planning:
    """``events`` reads the account and writes the section; ``section`` is there afterwards."""

    def __init__(
        self,
        aws: Aws,
        asked: Asked,
        path: Path,
        words: str,
        *,
        directory: Path | None = None,
        workers: int = WORKERS,
    ) -> None:
        self.workers = workers
        self.aws = aws
        self.asked = asked
        self.path = path
        self.words = words
        self.directory = directory
        self.section: Section | None = None

    def events(self) -> Iterator[Event]:
        seen = Sightings(self.aws.place(), self.directory)
        with closing(Spool()) as spool:
            yield from Survey(self.aws, self.asked, spool, seen, self.workers).read()
            layers = self.layers(spool) if self.asked.layers else ()
            head = self.head(spool, layers)
            self.section = write_section(self.path, head, spool.plans(), layers)

    def layers(self, spool: Spool) -> tuple[LayerVerdict, ...]:
        """Judged last: a layer that only deleted versions had attached may go with them."""
        found = tuple(self.aws.layer_versions(spool.layers()))
        attached, criteria, now = spool.attached(), self.asked.criteria, self.aws.now()
        first = judge_layers(found, attached, criteria, now)
        unused = {v.layer.arn for v in first if v.fate == "delete"}
        return judge_layers(self.aws.with_sharing(found, unused), attached, criteria, now)

    def head(self, spool: Spool, layers: tuple[LayerVerdict, ...]) -> Head:
        ((deletes, keeps, frees),) = spool.select(TOTALS)
        ((functions, skipped),) = spool.select(
            "select count(*), coalesce(sum(skipped is not null), 0) from function"
        )
        gone = [v.layer for v in layers if v.fate == "delete"]
        return Head(
            id=new_id(),
            made=self.aws.now(),
            place=self.aws.place(),
            caller_arn=self.aws.caller_arn(),
            scope=self.words,
            criteria=self.asked.criteria,
            functions=functions,
            skipped=skipped,
            deletes=deletes,
            keeps=keeps,
            frees=frees + sum(v.code_size for v in gone),
            layers=len(gone),
        )


def apply_section(
    section: Section,
    aws: Aws,
    terms: Terms,
    *,
    workers: int = WORKERS,
    directory: Path | None = None,
) -> Iterator[Event]:
    """What is left to do of one region of a plan: functions first, then layers.

    Raises Refused or Stale before the first delete where the plan does not fit, PartlyDone at the
    end where not all of it was done.
    """
    with journal.opened(section.head.id, directory) as kept:
        refuse_unfit(section.head, aws.place(), aws.now(), kept.last)
        plans = (p for p in section.functions() if p.skipped is None and p.deletes)
        jobs = (job for p in plans if (job := job_of(p, kept.done)).deletes)
        total = section.head.deletes - sum(1 for f, _ in kept.done if not f.startswith(LAYER))
        run = Run(aws, kept, terms, total=total, workers=workers, subject=" in this region")
        yield from run.events(jobs, lambda: delete_layers(section, aws, kept, terms.stop))


LAYER = "layer:"


def workers_for(rate: float | None) -> int:
    """A delete and the two reads before it take less than a second together."""
    return max(WORKERS, math.ceil(rate or 0.0))


def delete_layers(
    section: Section, aws: Aws, kept: journal.Journal, stop: Callable[[], bool]
) -> Iterator[Event]:
    """The layer versions of the plan; one that somebody shared since is kept by AWS's own rule."""
    for verdict in section.layers():
        layer = verdict.layer
        key = f"{LAYER}{layer.name}"
        if verdict.fate != "delete" or (key, layer.number) in kept.done:
            continue
        if stop():
            return
        kept.begin(key, layer.number, aws.now())
        try:
            aws.delete_layer_version(layer.name, layer.number)
        except LambdactlError as error:
            kept.end(key, layer.number, aws.now(), f"failed: {error}")
            raise
        kept.end(key, layer.number, aws.now(), "deleted")
        yield LayerVersionDeleted(aws.now(), layer.name, layer.number, layer.code_size)
