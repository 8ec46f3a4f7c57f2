"""An Aws of plain objects: one alias that a script moves, and writes held to their locks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from lambdactl.aws import Aws
from lambdactl.aws.limiter import Limiter
from lambdactl.errors import LambdactlError, NotFound, Stale
from lambdactl.model import Alias, Deployment, Routing, Snapshot, Target, VersionUse
from lambdactl.model_storage import Storage
from lambdactl.ops.events import Event
from tests.plan.samples import NOW, alias, snapshot

Step = Callable[["Account"], None]


class Account:
    """``steps`` happen, one at each sleep; ``failures`` are raised by the next calls, in order."""

    def __init__(self, routing: Routing, *, numbers: Iterable[int] = range(38, 43)) -> None:
        self.live = replace(alias("live", routing), revision_id="rev-0")
        self.others: list[Alias] = []
        self.versions = {v.number: v for v in snapshot(numbers=numbers).versions}
        self.deployments: dict[str, Deployment] = {}
        self.steps: deque[Step] = deque()
        self.failures: dict[str, deque[LambdactlError]] = {}
        self.log: list[str] = []
        self.slept: list[float] = []
        self.seconds = 0.0
        self.used = 100_000
        self.statuses: dict[int, int] = {}
        self.together = False
        self.deletes = Limiter(1_000_000.0)
        self.pinned: list[VersionUse] = []
        self.needs: dict[int, VersionUse] = {}
        self.stacks: dict[str, str] = {}

    @property
    def aws(self) -> Aws:
        return cast(Aws, self)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        if self.steps:
            self.steps.popleft()(self)

    def fail(self, call: str, *errors: LambdactlError) -> None:
        self.failures.setdefault(call, deque()).extend(errors)

    def _called(self, call: str) -> None:
        self.log.append(call)
        waiting = self.failures.get(call.split()[0])
        if waiting:
            raise waiting.popleft()

    def route(self, routing: Routing) -> None:
        self.live = replace(self.live, routing=routing, revision_id=f"{self.live.revision_id}+")

    def deploy(self, deployment: Deployment) -> None:
        self.deployments[deployment.id] = deployment

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def snapshot(self, target: Target, *, window_s: int = 1800, afresh: bool = False) -> Snapshot:
        self._called("snapshot")
        newest = list(self.deployments.values())[-1] if self.deployments else None
        undone = newest.rolls_back if newest else None
        return snapshot(
            taken=NOW + timedelta(seconds=self.seconds),
            alias=self.live,
            aliases=(self.live, *self.others),
            versions=tuple(self.versions.values()),
            deployment=newest,
            previous=self.deployments[undone] if undone else None,
        )

    def alias(self, target: Target) -> Alias:
        self._called("alias")
        return self.live

    def aliases(self, function: str) -> tuple[Alias, ...]:
        self._called("aliases")
        return (self.live, *self.others)

    def running(self, function: str) -> tuple[Deployment, ...]:
        self._called("running")
        return tuple(d for d in self.deployments.values() if d.active)

    def running_anywhere(self) -> tuple[Deployment, ...]:
        self._called("running_anywhere")
        return tuple(d for d in self.deployments.values() if d.active)

    def pace_together(self) -> AbstractContextManager[None]:
        self.together = True
        return nullcontext()

    def pins(self, function: str) -> tuple[VersionUse, ...]:
        self._called("pins")
        return tuple(self.pinned)

    def need(self, function: str, version: int) -> VersionUse | None:
        self._called(f"need {version}")
        return self.needs.get(version)

    def stack_status(self, name: str) -> str | None:
        self._called(f"stack_status {name}")
        return self.stacks.get(name)

    def deployment(self, deployment_id: str) -> Deployment:
        self._called(f"deployment {deployment_id}")
        if deployment_id not in self.deployments:
            raise NotFound(f"deployment {deployment_id} was not found")
        return self.deployments[deployment_id]

    def storage(self) -> Storage:
        self._called("storage")
        return Storage(self.used, 1_000_000)

    def update_alias(self, target: Target, after: Routing, revision_id: str) -> Alias:
        self._called(f"update_alias {revision_id}")
        if revision_id != self.live.revision_id:
            raise Stale(f"alias {target} has changed since it was read; nothing was done")
        self.route(after)
        return self.live

    def stop_deployment(self, deployment_id: str) -> str:
        self._called(f"stop_deployment {deployment_id}")
        return "Pending"

    def delete_version(self, function: str, version: int) -> int:
        self._called(f"delete_version {version}")
        gone = self.versions.pop(version, None)
        self.used -= gone.code_size if gone else 0
        return self.statuses.get(version, 204)


def kinds(events: Iterable[Event]) -> list[str]:
    return [type(event).__name__ for event in events]
