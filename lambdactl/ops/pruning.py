"""The deletes of a prune: looked at again just before, journaled, oldest first, behind one limiter.

DeleteFunction has no lock, so the time between look and delete can only be made short: aliases,
running deployments, the stack and what names versions are read again before a function and every
few deletes of it, and a version that has come into use is kept. While a deployment runs anywhere in
the region nothing is deleted unless that is asked for: the calls a second are CodeDeploy's, too.
Every answer AWS gives to a delete has its own meaning:

===  ========================================================================================
204  gone, now or already, so that a delete may be repeated
202  accepted, being done
400  replicated to the edge: kept, AWS removes replicas by itself hours after their last use
403  no permission: the function is left, the others go on
404  the function is gone: the others go on
409  an alias points at it after all: kept
429  too many calls: half as fast, and again
===  ========================================================================================

Anything else ends the run. Ctrl-C between two deletes leaves nothing half done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lambdactl.errors import LambdactlError, PartlyDone
from lambdactl.model_storage import Storage
from lambdactl.ops import journal
from lambdactl.ops.crew import work
from lambdactl.ops.events import (
    Event,
    FunctionSkipped,
    LayerVersionDeleted,
    PartUnread,
    PruneProgressed,
    StorageMeasured,
    VersionDeleted,
    VersionKept,
)
from lambdactl.ops.function_prune import FunctionPrune, Job, Terms
from lambdactl.ops.journal import Journal
from lambdactl.plan.actions import DeleteVersion, Plan

if TYPE_CHECKING:
    from lambdactl.aws import Aws

WORKERS = 8
"""Each delete waits for two reads of other quotas; so many are enough for 15 deletes a second."""
TOLD_S = 5.0


def delete_versions(
    plan: Plan,
    aws: Aws,
    *,
    sleep: Callable[[float], None],
    stop: Callable[[], bool] = lambda: False,
    despite_deployments: bool = False,
) -> Iterator[Event]:
    """The plan of one function. Raises Refused (nothing deleted), the error of a first delete, or
    PartlyDone at the end."""
    deletes = tuple(a for a in plan.actions if isinstance(a, DeleteVersion))
    if not deletes:
        return
    function = plan.target.function
    numbers = tuple(sorted(v.version for v in plan.verdicts))
    job = Job(function, deletes, numbers, stack=plan.stack)
    terms = Terms(sleep=sleep, stop=stop, despite_deployments=despite_deployments)
    with journal.opened(f"{function}-{int(aws.now().timestamp())}") as kept:
        run = Run(aws, kept, terms, total=len(deletes), workers=1, subject=f" of {function}")
        yield from run.events([job])


@dataclass
class Counts:
    """What has been done so far: sums, and whatever went against the plan."""

    deleted: int = 0
    layers: int = 0
    functions: set[str] = field(default_factory=set)
    kept: list[VersionKept] = field(default_factory=list)
    skipped: list[FunctionSkipped] = field(default_factory=list)
    freed: int = 0
    """Bytes, at most."""
    measured: int | None = None
    """Bytes, by what the account said before and after."""

    def take(self, event: Event) -> None:
        match event:
            case VersionDeleted():
                self.deleted += 1
                self.freed += event.code_size
                self.functions.add(event.function)
            case LayerVersionDeleted():
                self.layers += 1
                self.freed += event.code_size
            case VersionKept():
                self.kept.append(event)
            case FunctionSkipped():
                self.skipped.append(event)
            case StorageMeasured():
                self.measured = (self.measured or 0) + event.before - event.after
            case _:
                return


class Run:
    """One prune as it goes, over one function or thousands."""

    def __init__(
        self,
        aws: Aws,
        kept: Journal,
        terms: Terms,
        *,
        total: int,
        workers: int = WORKERS,
        subject: str = "",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.aws = aws
        self.journal = kept
        self.terms = terms
        self.total = total
        self.workers = workers
        self.subject = subject
        self.counts = Counts()
        self._monotonic = monotonic
        self._began = monotonic()
        self._told = self._began

    def events(
        self, jobs: Iterable[Job], then: Callable[[], Iterator[Event]] = lambda: iter(())
    ) -> Iterator[Event]:
        """``jobs``, then what comes after them. Raises the error of a run that did nothing, else
        PartlyDone where not all was done."""
        with self.aws.pace_together():
            yield from self._events(jobs, then)

    def _events(self, jobs: Iterable[Job], then: Callable[[], Iterator[Event]]) -> Iterator[Event]:
        before, unread = self.measure()
        yield from unread
        try:
            for event in self.work(jobs):
                self.counts.take(event)
                yield event
                yield from self.progress()
            for event in then():
                self.counts.take(event)
                yield event
        except LambdactlError as error:
            if not self.counts.deleted:
                raise
            raise self.partly(f"the run stopped: {error}", error.hint) from error
        yield from self.compare(before)
        self.require_whole()

    def work(self, jobs: Iterable[Job]) -> Iterator[Event]:
        if self.workers == 1:
            for job in jobs:
                yield from self.prune(job)
            return
        yield from work(jobs, self.prune, self.workers)

    def prune(self, job: Job) -> Iterator[Event]:
        if self.terms.stop():
            return
        yield from FunctionPrune(job, self.aws, self.journal, self.terms).events()

    def progress(self) -> Iterator[Event]:
        """Every few seconds: how fast it goes, and how long it will take."""
        now = self._monotonic()
        if now - self._told < TOLD_S:
            return
        self._told = now
        done, took = self.counts.deleted, now - self._began
        rate = done / took if done else None
        left = (self.total - done) / rate if rate else None
        yield PruneProgressed(self.aws.now(), done, self.total, self.counts.freed, rate, left)

    def measure(self) -> tuple[Storage | None, tuple[Event, ...]]:
        """Code storage now; not knowing it keeps nobody from pruning."""
        try:
            return self.aws.storage(), ()
        except LambdactlError as error:
            return None, (PartUnread(self.aws.now(), "storage", str(error), error.hint),)

    def compare(self, before: Storage | None) -> Iterator[Event]:
        if before is None:
            return
        after, unread = self.measure()
        yield from unread
        if after is not None:
            yield StorageMeasured(self.aws.now(), before.used, after.used, self.counts.freed)

    def require_whole(self) -> None:
        """PartlyDone where something of the plan was not done, with what and why."""
        one = len({k.function for k in self.counts.kept}) == 1 and not self.counts.skipped
        told = [
            f"{'' if one else f'{k.function}:'}v{k.version}: {k.reason}" for k in self.counts.kept
        ]
        told += [f"{s.function}: {s.reason}" for s in self.counts.skipped]
        if self.terms.stop() and self.counts.deleted < self.total:
            told.append("it was told to stop")
        if told:
            shown = "; ".join(told[:5]) + (f"; and {len(told) - 5} more" if len(told) > 5 else "")
            raise self.partly(shown, "lambdactl prune   plans again from what is there now")

    def partly(self, why: str, hint: str | None) -> PartlyDone:
        return PartlyDone(
            f"deleted {self.counts.deleted} of {self.total} versions{self.subject}",
            why=why,
            hint=hint,
        )
