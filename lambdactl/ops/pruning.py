"""The deletes of a prune: looked at again just before, one at a time, oldest first.

DeleteFunction has no lock, so the time between look and delete can only be made short: aliases and
running deployments are read again before every few deletes, and a version that has come into use is
kept. Every answer AWS gives to a delete has its own meaning:

===  ========================================================================================
204  gone, now or already, so that a delete may be repeated
202  accepted, being done
400  replicated to the edge: kept, AWS removes replicas by itself hours after their last use
403  no permission: the run stops
404  the function is gone: the run stops
409  an alias points at it after all: kept
429  too many calls: half as fast, and again
===  ========================================================================================

Ctrl-C between two deletes leaves nothing half done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from lambdactl.errors import LambdactlError, PartlyDone, Refused, Throttled, Unreachable
from lambdactl.model import Storage
from lambdactl.ops.events import Event, PartUnread, StorageMeasured, VersionDeleted, VersionKept
from lambdactl.plan.actions import DeleteVersion, Plan
from lambdactl.plan.protecting import in_use

if TYPE_CHECKING:
    from lambdactl.aws import Aws

BATCH = 10
"""Deletes between two looks at what is in use."""
TRIES = 5


def delete_versions(plan: Plan, aws: Aws, *, sleep: Callable[[float], None]) -> Iterator[Event]:
    """Raises Refused (nothing deleted), the error of a first delete, or PartlyDone at the end."""
    deletes = tuple(a for a in plan.actions if isinstance(a, DeleteVersion))
    if deletes:
        yield from Run(plan, deletes, aws, sleep).events()


class Run:
    """One prune as it goes: what is deleted so far, and what was kept against the plan."""

    def __init__(
        self,
        plan: Plan,
        deletes: Sequence[DeleteVersion],
        aws: Aws,
        sleep: Callable[[float], None],
    ) -> None:
        self.plan = plan
        self.deletes = deletes
        self.aws = aws
        self.sleep = sleep
        self.function = plan.target.function
        self.deleted: list[DeleteVersion] = []
        self.kept: list[VersionKept] = []

    def events(self) -> Iterator[Event]:
        before, unread = self.measure()
        yield from unread
        try:
            yield from self.delete_all()
        except LambdactlError as error:
            if not self.deleted:
                raise
            raise self.partly(f"the run stopped: {error}", error.hint) from error
        yield from self.compare(before)
        if self.kept:
            reasons = "; ".join(f"v{k.version}: {k.reason}" for k in self.kept)
            raise self.partly(reasons, "lambdactl prune   plans again from what is there now")

    def delete_all(self) -> Iterator[Event]:
        for start in range(0, len(self.deletes), BATCH):
            needed = self.needed_now()
            for action in self.deletes[start : start + BATCH]:
                reason = needed.get(action.version)
                event = self.keep(action, reason) if reason else self.delete(action)
                yield event

    def needed_now(self) -> dict[int, str]:
        """Version -> why it is in use since the plan was made. Refused while a deployment runs."""
        running = self.aws.running(self.function)
        if running:
            raise Refused(
                f"cannot prune {self.function}: deployment {running[0].id} has started since",
                why="the versions it moves between must stay until it has ended",
                hint=f"lambdactl status -f {self.plan.target} --watch",
            )
        numbers = {v.version for v in self.plan.verdicts} - {d.version for d in self.deleted}
        found = in_use(self.aws.aliases(self.function), numbers)
        return {n: p.reason for n, p in found.items()}

    def delete(self, action: DeleteVersion) -> VersionDeleted | VersionKept:
        try:
            status = self.ask(action)
        except Refused as error:
            reason = refusal(error)
            if reason is None:
                raise
            return self.keep(action, reason)
        self.deleted.append(action)
        return VersionDeleted(
            self.aws.now(), action.function, action.version, action.code_size, status == 202
        )

    def ask(self, action: DeleteVersion) -> int:
        """The delete, repeated while AWS is busy or silent; a version that is gone is 204."""
        for attempt in range(1, TRIES):
            try:
                return self.aws.delete_version(action.function, action.version)
            except Throttled:
                self.aws.deletes.slow_down()
                self.sleep(2.0**attempt)
            except Unreachable:
                self.sleep(2.0**attempt)
        return self.aws.delete_version(action.function, action.version)

    def keep(self, action: DeleteVersion, reason: str) -> VersionKept:
        event = VersionKept(self.aws.now(), action.function, action.version, reason)
        self.kept.append(event)
        return event

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
            estimated = sum(d.code_size for d in self.deleted)
            yield StorageMeasured(self.aws.now(), before.used, after.used, estimated)

    def partly(self, why: str, hint: str | None) -> PartlyDone:
        return PartlyDone(
            f"deleted {len(self.deleted)} of {len(self.deletes)} versions of {self.function}",
            why=why,
            hint=hint,
        )


def refusal(error: Refused) -> str | None:
    """Why AWS will not delete this one version; None where the answer is about more than it."""
    said = error.why or str(error)
    if error.aws_code == "ResourceConflictException":
        return f"AWS refused: {said}"
    if error.aws_code == "InvalidParameterValueException" and "replicated" in said:
        return "replicated to the edge: AWS lets it go hours after its last use there"
    return None
