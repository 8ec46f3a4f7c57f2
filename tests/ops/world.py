"""A small pure account in memory, for prunes: what AWS knows, and nothing that it does not.

It answers what a prune asks of ``Aws``, counts who needed a version at the moment it was deleted,
and lets other people change things between any two looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from lambdactl.aws import Aws
from lambdactl.aws.fleet import Surroundings, Swept
from lambdactl.aws.limiter import Buckets, Limiter
from lambdactl.errors import LambdactlError, NotFound, Refused
from lambdactl.model import (
    Alias,
    Deployment,
    OwningStack,
    Place,
    Routing,
    Unread,
    Version,
    VersionUse,
)
from lambdactl.model_storage import LayerVersion, Storage
from tests.plan.samples import NOW, PLACE, alias, version


@dataclass
class Held:
    """One function as AWS knows it."""

    versions: dict[int, Version]
    aliases: dict[str, Alias]
    pinned: dict[int, VersionUse] = field(default_factory=dict)
    policies: set[int] = field(default_factory=set)
    states: dict[int, str] = field(default_factory=dict)
    stack: str | None = None

    def routed(self) -> set[int]:
        return {n for a in self.aliases.values() for n in a.routing.versions}


class World:
    """``meddle`` is what other people do: called before every look, never inside one."""

    def __init__(self) -> None:
        self.functions: dict[str, Held] = {}
        self.deployments: dict[str, Deployment] = {}
        self.stacks: dict[str, str] = {}
        self.owned: dict[str, set[int]] = {}
        self.layers: list[LayerVersion] = []
        self.shared: set[str] = set()
        self.uses_read: dict[str, tuple[VersionUse, ...]] = {}
        self.elsewhere: dict[str, tuple[VersionUse, ...]] = {}
        self.unread: dict[str, tuple[Unread, ...]] = {}
        self.unread_everywhere: tuple[Unread, ...] = ()
        self.failing: dict[str, LambdactlError] = {}
        self.canary_is_held = True
        self.meddle: Callable[[], None] = lambda: None
        self.looks_begin_with = ""
        """The call before which others may act; every call where it is empty."""
        self.before_delete: Callable[[str, int], None] = lambda _f, _n: None
        self.deleted: list[tuple[str, int]] = []
        self.layers_deleted: list[tuple[str, int]] = []
        self.harmed: list[str] = []
        self.log: list[str] = []
        self.seconds = 0.0
        self.where: Place = PLACE
        self.together = False
        self.deletes = Limiter(1e9)
        self.buckets = Buckets()

    @property
    def aws(self) -> Aws:
        return cast(Aws, self)

    def add(self, name: str, count: int = 12, *, live: int | None = None, **more: Any) -> Held:
        """``count`` versions, old enough all of them, ``live`` on the newest."""
        numbers = range(1, count + 1)
        made = {n: version(n, published=NOW - timedelta(days=100 + count - n)) for n in numbers}
        held = Held(made, {"live": alias("live", Routing(live or count))}, **more)
        self.functions[name] = held
        return held

    def _called(self, call: str) -> None:
        self.log.append(call)
        if self.looks_begin_with in ("", call):
            self.meddle()
        error = self.failing.get(call) or self.failing.get(call.split()[0])
        if error is not None:
            raise error

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def place(self) -> Place:
        return self.where

    def caller_arn(self) -> str:
        return "arn:aws:iam::123456789012:user/op"

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def storage(self) -> Storage:
        return Storage(self.used(), 1_000_000)

    def used(self) -> int:
        return sum(v.code_size for f in self.functions.values() for v in f.versions.values())

    def sweep(self) -> Iterator[Swept]:
        for name, held in list(self.functions.items()):
            self._called(f"sweep {name}")
            yield self.versions_of(name) if held.versions else Swept((), {})

    def versions_of(self, function: str) -> Swept:
        held = self._held(function)
        rows = tuple((function, v) for v in held.versions.values())
        attached = {arn: 10 for _, v in rows for arn in v.layers}
        return Swept(rows, attached)

    def surroundings(self, *, searched: bool = False) -> Surroundings:
        self._called("surroundings")
        mapped = {n: tuple(f.pinned.values()) for n, f in self.functions.items()}
        stacks = {
            n: OwningStack(f.stack, self.stacks[f.stack], frozenset(self.owned.get(n, ())))
            for n, f in self.functions.items()
            if f.stack is not None
        }
        elsewhere = self.elsewhere if searched else {}
        found = tuple(self.deployments.values())
        return Surroundings(mapped, elsewhere, found, stacks, searched, self.unread_everywhere)

    def uses(
        self, function: str, versions: Sequence[Version], grace_s: float
    ) -> tuple[tuple[VersionUse, ...], tuple[Unread, ...]]:
        self._called(f"uses {function}")
        return self.uses_read.get(function, ()), self.unread.get(function, ())

    def aliases(self, function: str) -> tuple[Alias, ...]:
        self._called(f"aliases {function}")
        return tuple(self._held(function).aliases.values())

    def running_anywhere(self) -> tuple[Deployment, ...]:
        self._called("running_anywhere")
        return tuple(d for d in self.deployments.values() if d.active)

    def stack_status(self, name: str) -> str | None:
        self._called(f"stack_status {name}")
        return self.stacks.get(name)

    def pace_together(self) -> AbstractContextManager[None]:
        self.together = True
        return nullcontext()

    def pins(self, function: str) -> tuple[VersionUse, ...]:
        self._called(f"pins {function}")
        return tuple(self._held(function).pinned.values())

    def need(self, function: str, number: int) -> VersionUse | None:
        self.log.append(f"need {function}:{number}")
        error = self.failing.get("need")
        if error is not None:
            raise error
        held = self._held(function)
        if number in held.policies:
            return VersionUse(number, "resource policy", 11)
        state = held.states.get(number)
        return VersionUse(number, f"it is {state}", 18) if state else None

    def delete_version(self, function: str, number: int) -> int:
        self.before_delete(function, number)
        self.log.append(f"delete_version {function}:{number}")
        error = self.failing.get(f"delete {function}:{number}")
        if error is not None:
            raise error
        held = self._held(function)
        refuse_aliased(held, number, self.canary_is_held)
        self._judge(function, held, number)
        held.versions.pop(number, None)
        self.deleted.append((function, number))
        return 204

    def _judge(self, function: str, held: Held, number: int) -> None:
        """Whether anybody needed the version now."""
        needed = {
            "routed to": number in held.routed(),
            "pinned": number in held.pinned or number in held.policies,
            "of a stack": number in self.owned.get(function, ()),
            "of a stack in motion": self.stacks.get(held.stack or "", "").endswith("_IN_PROGRESS"),
            "of a deployment": any(
                d.active and d.function == function for d in self.deployments.values()
            ),
        }
        self.harmed += [f"{function}:{number} was {why}" for why, so in needed.items() if so]

    def layer_versions(self, known: object) -> Iterator[LayerVersion]:
        self._called("layer_versions")
        return iter(self.layers)

    def with_sharing(
        self, found: Sequence[LayerVersion], unused: set[str]
    ) -> tuple[LayerVersion, ...]:
        self._called("with_sharing")
        return tuple(replace(v, shared=True) if v.arn in self.shared & unused else v for v in found)

    def delete_layer_version(self, layer: str, number: int) -> None:
        self.layers_deleted.append((layer, number))

    def _held(self, function: str) -> Held:
        if function not in self.functions:
            raise NotFound(f"function {function} was not found")
        return self.functions[function]


def refuse_aliased(held: Held, number: int, canary_is_held: bool) -> None:
    """409, as AWS says it; what it says of a version that is only weighted nobody has told."""
    names = [
        a.name
        for a in held.aliases.values()
        if number == a.routing.stable or (canary_is_held and number == a.routing.canary)
    ]
    if names:
        error = Refused("AWS refused", why=f"the following aliases reference it: {names}")
        error.aws_code = "ResourceConflictException"
        raise error
