"""The deletes of one function: a last look before every few, and a journal line around each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from lambdactl.errors import (
    CredentialsError,
    LambdactlError,
    NotFound,
    PermissionDenied,
    Refused,
    Throttled,
    Unreachable,
)
from lambdactl.model import Alias, Deployment
from lambdactl.ops.events import (
    Event,
    FunctionPruned,
    FunctionSkipped,
    VersionDeleted,
    VersionKept,
)
from lambdactl.ops.journal import Journal
from lambdactl.plan.actions import DeleteVersion, FunctionPlan
from lambdactl.plan.protecting import in_use

if TYPE_CHECKING:
    from lambdactl.aws import Aws

T = TypeVar("T")
BATCH = 20
"""Deletes between two looks at what is in use."""
TRIES = 5
POLLS = 60
POLL_S = 5.0


@dataclass(frozen=True, slots=True)
class Job:
    """``deletes`` oldest first. ``aliases`` as the plan saw them; None where it was made just
    now. ``alone`` makes a reason to skip the function an error."""

    function: str
    deletes: Sequence[DeleteVersion]
    numbers: Sequence[int]
    """Every version that was there."""
    aliases: tuple[Alias, ...] | None = None
    stack: str | None = None
    alone: bool = True


def job_of(plan: FunctionPlan, done: frozenset[tuple[str, int]]) -> Job:
    """What is left to do of one function of a plan."""
    left = tuple(d for d in plan.deletes if (d.function, d.version) not in done)
    gone = {number for function, number in done if function == plan.function}
    numbers = tuple(v.version for v in plan.verdicts if v.version not in gone)
    return Job(plan.function, left, numbers, plan.aliases, plan.stack, alone=False)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a run goes: ``stop`` is asked before each delete."""

    sleep: Callable[[float], None] = time.sleep
    stop: Callable[[], bool] = lambda: False
    despite_deployments: bool = False


class Skipped(Exception):
    """Nothing more of this function; the run goes on with the next."""


@dataclass
class FunctionPrune:
    """One function as it is pruned."""

    job: Job
    aws: Aws
    journal: Journal
    terms: Terms
    deleted: list[DeleteVersion] = field(default_factory=list)
    accepted: list[int] = field(default_factory=list)
    kept: int = 0

    def events(self) -> Iterator[Event]:
        """Raises Refused while a deployment runs, and whatever ends the whole run."""
        function = self.job.function
        try:
            for start in range(0, len(self.job.deletes), BATCH):
                yield from self.delete_some(self.job.deletes[start : start + BATCH])
        except Skipped as skipped:
            yield FunctionSkipped(self.aws.now(), function, str(skipped))
        self.await_accepted()
        if not self.job.alone and (self.deleted or self.kept):
            freed = sum(d.code_size for d in self.deleted)
            yield FunctionPruned(self.aws.now(), function, len(self.deleted), self.kept, freed)

    def delete_some(self, some: Sequence[DeleteVersion]) -> Iterator[Event]:
        if self.terms.stop():
            return
        needed = self.looked(self.needed_now)
        for action in some:
            if self.terms.stop():
                return
            reason = needed.get(action.version) or self.looked(partial(self.need, action))
            yield self.keep(action, reason) if reason else self.delete(action)

    def looked(self, look: Callable[[], T]) -> T:
        """A last look. What cannot be known protects: the function is left."""
        try:
            return look()
        except (CredentialsError, Refused):
            raise
        except LambdactlError as error:
            if self.job.alone:
                raise
            raise Skipped(f"what needs its versions could not be read: {error}") from error

    def needed_now(self) -> dict[int, str]:
        """Version -> why it is in use since the plan was made."""
        self.refuse_while_deploying(self.aws.running_anywhere())
        self.refuse_while_updating()
        aliases = self.aws.aliases(self.job.function)
        if self.job.aliases is not None and not self.deleted:
            self.refuse_changed(self.job.aliases, aliases)
        numbers = set(self.job.numbers) - {d.version for d in self.deleted}
        pinned = {u.version: u.by for u in self.aws.pins(self.job.function)}
        return {**pinned, **{n: p.reason for n, p in in_use(aliases, numbers).items()}}

    def need(self, action: DeleteVersion) -> str | None:
        use = self.aws.need(action.function, action.version)
        return use.by if use is not None else None

    def refuse_while_deploying(self, running: Sequence[Deployment]) -> None:
        """Refused, which ends the run, or with ``despite_deployments`` only for their functions."""
        function = self.job.function
        mine = next((d for d in running if d.function in (None, function)), None)
        if mine is not None and self.terms.despite_deployments:
            self.leave(f"deployment {mine.id} has started since", "")
        if running and not self.terms.despite_deployments:
            found = mine or running[0]
            raise Refused(
                f"cannot prune {function}: deployment {found.id} has started since",
                why="deletes would use up the calls a second that CodeDeploy needs"
                + (", and its versions must stay" if mine else f" (it is of {found.function})"),
                hint="wait until it has ended" + ("" if mine else ", or add --despite-deployments"),
            )

    def refuse_while_updating(self) -> None:
        stack = self.job.stack
        status = self.aws.stack_status(stack) if stack is not None else None
        if status is not None and status.endswith(("_IN_PROGRESS", "_FAILED")):
            self.leave(f"stack {stack} is {status}", "wait until it has come to rest")

    def refuse_changed(self, planned: tuple[Alias, ...], now: tuple[Alias, ...]) -> None:
        before = {a.name: a.routing for a in planned}
        after = {a.name: a.routing for a in now}
        changed = sorted(n for n in {*before, *after} if before.get(n) != after.get(n))
        if changed:
            self.leave(f"alias {changed[0]} has changed since the plan", "plan again")

    def leave(self, reason: str, hint: str) -> None:
        if self.job.alone:
            raise Refused(f"cannot prune {self.job.function}: {reason}", hint=hint or None)
        raise Skipped(reason)

    def delete(self, action: DeleteVersion) -> VersionDeleted | VersionKept:
        """The delete between its two lines of the journal."""
        name, number = action.function, action.version
        self.journal.begin(name, number, self.aws.now())
        try:
            status = self.ask(action)
        except Refused as error:
            reason = refusal(error)
            if reason is None:
                self.journal.end(name, number, self.aws.now(), f"failed: {error}")
                raise
            self.journal.end(name, number, self.aws.now(), f"kept: {reason}")
            return self.keep(action, reason)
        except (NotFound, PermissionDenied) as error:
            self.journal.end(name, number, self.aws.now(), f"failed: {error}")
            if self.job.alone:
                raise
            gone = isinstance(error, NotFound)
            raise Skipped("the function is gone" if gone else str(error)) from error
        self.journal.end(name, number, self.aws.now(), "accepted" if status == 202 else "deleted")
        self.deleted.append(action)
        if status == 202:
            self.accepted.append(number)
        return VersionDeleted(self.aws.now(), name, number, action.code_size, status == 202)

    def ask(self, action: DeleteVersion) -> int:
        """The delete, repeated while AWS is busy or silent; a version that is gone is 204."""
        for attempt in range(1, TRIES):
            try:
                return self.aws.delete_version(action.function, action.version)
            except Throttled:
                self.aws.deletes.slow_down()
                self.terms.sleep(2.0**attempt)
            except Unreachable:
                self.terms.sleep(2.0**attempt)
        return self.aws.delete_version(action.function, action.version)

    def keep(self, action: DeleteVersion, reason: str) -> VersionKept:
        self.kept += 1
        return VersionKept(self.aws.now(), action.function, action.version, reason)

    def await_accepted(self) -> None:
        """What AWS only accepted to delete is looked at until it is gone, for a few minutes."""
        waiting = list(self.accepted)
        for _ in range(POLLS):
            waiting = [n for n in waiting if self.deleting(n)]
            if not waiting or self.terms.stop():
                return
            self.terms.sleep(POLL_S)

    def deleting(self, number: int) -> bool:
        use = self.looked(lambda: self.aws.need(self.job.function, number))
        return use is not None and use.rule == 18


def refusal(error: Refused) -> str | None:
    """Why AWS will not delete this one version; None where the answer is about more than it."""
    said = error.why or str(error)
    if error.aws_code == "ResourceConflictException":
        return f"AWS refused: {said}"
    if error.aws_code == "InvalidParameterValueException" and "replicated" in said:
        return "replicated to the edge: AWS lets it go hours after its last use there"
    return None
