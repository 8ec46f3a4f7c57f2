"""Whatever an account looks like and whatever others do to it: nothing that is needed is deleted.

Others act at every call while the plan is made, and before every look while it is applied: before
each function and every twenty deletes. From a look to its deletes nobody can be kept out, for
DeleteFunction has no lock; there the account refuses what AWS refuses, and an alias that moves onto
the very version is tried.
"""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdactl.errors import LambdactlError, PartlyDone, Refused
from lambdactl.model import Routing, VersionUse
from lambdactl.ops.events import Event
from lambdactl.ops.fleet_prune import Planning, apply_section
from lambdactl.ops.function_prune import Terms
from lambdactl.ops.plan_file import Section
from lambdactl.ops.survey import Asked
from lambdactl.plan.protecting import Criteria
from tests.ops.world import World
from tests.plan.samples import NOW, alias, deployment, version

patient = settings(
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NAMES = ("a", "b", "c")


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Functions with gaps in their numbers, aliases anywhere, pins, stacks, deployments."""
    world = World()
    world.canary_is_held = draw(st.booleans())
    for name in NAMES[: draw(st.integers(1, 3))]:
        held = world.add(name, draw(st.integers(3, 25)))
        for number in draw(st.sets(st.integers(1, 25), max_size=6)):
            held.versions.pop(number, None)
        there = sorted(held.versions) or [1]
        held.versions.setdefault(there[-1], version(there[-1], published=NOW - timedelta(days=99)))
        for other in draw(st.sets(st.sampled_from(("live", "beta", "old")), min_size=1)):
            held.aliases[other] = alias(other, draw(routings(there)))
        held.pinned = uses(draw(st.sets(st.sampled_from(there), max_size=2)))
        held.policies = draw(st.sets(st.sampled_from(there), max_size=2))
        if draw(st.booleans()):
            held.stack = f"stack-{name}"
            world.stacks[held.stack] = "UPDATE_COMPLETE"
            world.owned[name] = draw(st.sets(st.sampled_from(there), max_size=2))
    return world


@st.composite
def routings(draw: st.DrawFn, among: list[int]) -> Routing:
    stable = draw(st.sampled_from(among))
    canary = draw(st.one_of(st.none(), st.sampled_from(among)))
    return Routing(stable) if canary in (None, stable) else Routing(stable, canary, 5.0)


def uses(numbers: set[int]) -> dict[int, VersionUse]:
    return {n: VersionUse(n, "event source mapping", 8) for n in numbers}


def meddler(world: World, chance: Random) -> None:
    """Other people, from now on: at some looks one of them changes something."""

    def act() -> None:
        name = chance.choice(sorted(world.functions))
        held = world.functions[name]
        there = sorted(held.versions)
        if not there or chance.random() > 0.3:
            return
        match chance.choice(("alias", "pin", "publish", "deploy", "end", "stack")):
            case "alias":
                stable, canary = chance.choice(there), chance.choice(there)
                split = Routing(stable, canary, 5.0) if stable != canary else Routing(stable)
                held.aliases["live"] = alias("live", split)
            case "pin":
                held.pinned |= uses({chance.choice(there)})
            case "publish":
                held.versions[there[-1] + 1] = version(there[-1] + 1, published=NOW)
            case "deploy":
                found = deployment("InProgress", id=f"d-{name}", function=name)
                world.deployments[found.id] = found
            case "end":
                world.deployments.clear()
            case "stack" if held.stack is not None:
                world.stacks[held.stack] = chance.choice(("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"))
            case _:
                return

    world.meddle = act


def moves_onto_the_very_version(world: World, chance: Random) -> None:
    """Somebody routes to a version in the moment of its delete: AWS answers 409."""

    def act(function: str, number: int) -> None:
        held = world.functions[function]
        if number in held.versions and chance.random() < 0.1:
            held.aliases["late"] = alias("late", Routing(number))

    world.before_delete = act


def made(world: World, folder: Path, keep: int = 2) -> Section:
    asked = Asked(criteria=Criteria(keep, allow_unreleased=True))
    planning = Planning(world.aws, asked, folder / "plan.jsonl", "all", directory=folder, workers=1)
    for _ in planning.events():
        continue
    assert planning.section is not None
    return planning.section


def applied(
    section: Section, world: World, folder: Path, *, despite: bool = False
) -> tuple[list[Event], LambdactlError | None]:
    told: list[Event] = []
    terms = Terms(sleep=world.sleep, despite_deployments=despite)
    try:
        told.extend(apply_section(section, world.aws, terms, workers=1, directory=folder))
    except LambdactlError as error:
        return told, error
    return told, None


def named(section: Section) -> set[tuple[str, int]]:
    return {(d.function, d.version) for p in section.functions() for d in p.deletes}


@patient
@given(worlds(), st.integers(0, 2**32), st.booleans())
def test_nothing_that_is_needed_is_deleted_whatever_others_do(
    world: World, seed: int, despite: bool
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        meddler(world, Random(seed))
        section = made(world, folder)
        world.looks_begin_with = "running_anywhere"
        moves_onto_the_very_version(world, Random(seed))
        _, error = applied(section, world, folder, despite=despite)
        assert world.harmed == []
        assert set(world.deleted) <= named(section)
        assert error is None or isinstance(error, Refused | PartlyDone)


class Killed(BaseException):
    """The process is gone: nothing after this line runs."""


@patient
@given(worlds(), st.integers(0, 40), st.booleans())
def test_killed_at_any_delete_it_goes_on_and_deletes_only_what_the_plan_names(
    world: World, after: int, just_before: bool
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        section = made(world, folder)
        wanted = named(section)

        def kill(_function: str, _number: int) -> None:
            if len(world.deleted) == after:
                if not just_before:
                    world.functions[_function].versions.pop(_number, None)
                raise Killed

        world.before_delete = kill
        try:
            applied(section, world, folder)
        except Killed:
            world.before_delete = lambda _f, _n: None
        before = set(world.deleted)
        _, error = applied(section, world, folder)
        assert world.harmed == []
        assert set(world.deleted) <= wanted
        assert len(world.deleted) == len(set(world.deleted)), "a delete that was done is not redone"
        assert before <= set(world.deleted)
        kept = {(f, n) for f, n in wanted if n in world.functions[f].policies}
        assert wanted - set(world.deleted) == kept
        assert (error is None) == (not kept)
