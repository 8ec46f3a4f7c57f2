"""A plan on disk: when it may be applied, how each answer of AWS is taken, where it goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lambdactl.errors import (
    LambdactlError,
    NotFound,
    PartlyDone,
    PermissionDenied,
    Refused,
    Stale,
    Throttled,
    UsageError,
)
from lambdactl.model import Routing
from lambdactl.model_storage import LayerVersion
from lambdactl.ops import journal
from lambdactl.ops.events import (
    Event,
    FunctionPruned,
    FunctionSkipped,
    StorageMeasured,
    VersionKept,
)
from lambdactl.ops.fleet_prune import Planning, apply_section
from lambdactl.ops.function_prune import Terms
from lambdactl.ops.plan_file import Section, read_sections
from lambdactl.ops.survey import Asked, Scope
from lambdactl.plan.protecting import Criteria
from tests.ops.world import World
from tests.plan.samples import NOW, alias, deployment, version

FREE = [("a", n) for n in range(1, 8)]


@pytest.fixture
def world() -> World:
    made = World()
    made.add("a")
    made.add("b")
    return made


def planned(world: World, folder: Path, **asked: Any) -> Section:
    path = folder / "plan.jsonl"
    path.unlink(missing_ok=True)
    planning = Planning(
        world.aws, Asked(**asked), path, "all functions", directory=folder, workers=1
    )
    for _ in planning.events():
        continue
    assert planning.section is not None
    return planning.section


def applied(
    section: Section, world: World, folder: Path, terms: Terms | None = None, workers: int = 1
) -> tuple[list[Event], LambdactlError | None]:
    told: list[Event] = []
    terms = terms or Terms(sleep=world.sleep)
    try:
        told.extend(apply_section(section, world.aws, terms, workers=workers, directory=folder))
    except LambdactlError as error:
        return told, error
    return told, None


def test_what_was_planned_is_read_back_and_applied(world: World, tmp_path: Path) -> None:
    made = planned(world, tmp_path)
    (section,) = read_sections(tmp_path / "plan.jsonl")
    assert section.head == made.head
    assert (section.head.deletes, section.head.keeps, section.head.frees) == (14, 10, 14_000)
    told, error = applied(section, world, tmp_path)
    assert error is None
    assert world.together, "deletes and looks share one limiter"
    assert sorted(world.deleted) == sorted([*FREE, *(("b", n) for n in range(1, 8))])
    pruned = [(e.function, e.deleted, e.freed) for e in told if isinstance(e, FunctionPruned)]
    assert pruned == [("a", 7, 7_000), ("b", 7, 7_000)]
    measured = next(e for e in told if isinstance(e, StorageMeasured))
    assert measured.before - measured.after == measured.estimated == 14_000


def test_every_version_is_in_the_file_with_its_rule(world: World, tmp_path: Path) -> None:
    planned(world, tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "plan.jsonl").read_text().splitlines()]
    assert [r.get("kind") for r in rows] == ["PrunePlan", None, None, "PrunePlanEnd"]
    versions = {v["version"]: v for v in rows[1]["versions"]}
    assert versions.keys() == set(range(1, 13))
    assert (versions[12]["fate"], versions[12]["rule"]) == ("keep", 1)
    assert (versions[1]["fate"], versions[1]["reason"]) == ("delete", "not in newest 5")
    assert rows[0]["caller_arn"].endswith("user/op")


def test_several_workers_do_the_same(world: World, tmp_path: Path) -> None:
    _, error = applied(planned(world, tmp_path), world, tmp_path, workers=4)
    assert error is None
    assert len(world.deleted) == 14
    assert [d for d in world.deleted if d[0] == "a"] == FREE, "oldest first"


def test_an_old_plan_is_refused_and_one_that_is_going_on_is_not(
    world: World, tmp_path: Path
) -> None:
    section = planned(world, tmp_path)
    world.seconds = 3_000.0
    halted = iter([False] * 6 + [True] * 99)
    applied(section, world, tmp_path, Terms(sleep=world.sleep, stop=lambda: next(halted)))
    assert 0 < len(world.deleted) < 14
    world.seconds = 6_000.0
    assert applied(section, world, tmp_path)[1] is None
    world.seconds = 20_000.0
    _, error = applied(section, world, tmp_path)
    assert isinstance(error, Stale) and "more than an hour ago" in str(error)


@pytest.mark.parametrize(
    ("elsewhere", "word"),
    [
        ({"account_id": "999999999999"}, "account"),
        ({"region": "us-west-2"}, "region"),
        ({"endpoint": "http://127.0.0.1:1"}, "endpoint"),
    ],
)
def test_a_plan_of_another_place_is_refused(
    world: World, tmp_path: Path, elsewhere: dict[str, str], word: str
) -> None:
    section = planned(world, tmp_path)
    world.where = replace(world.where, **elsewhere)
    _, error = applied(section, world, tmp_path)
    assert isinstance(error, Refused) and f"this plan is for {word}" in str(error)
    assert world.deleted == []


def test_a_function_whose_alias_has_changed_is_left_alone(world: World, tmp_path: Path) -> None:
    section = planned(world, tmp_path)
    world.functions["a"].aliases["live"] = alias("live", Routing(11))
    told, error = applied(section, world, tmp_path)
    skipped = [(e.function, e.reason) for e in told if isinstance(e, FunctionSkipped)]
    assert skipped == [("a", "alias live has changed since the plan")]
    assert {f for f, _ in world.deleted} == {"b"}
    assert isinstance(error, PartlyDone) and error.exit_code == 10


def test_a_plan_that_was_edited_or_cut_off_is_refused(world: World, tmp_path: Path) -> None:
    planned(world, tmp_path)
    path = tmp_path / "plan.jsonl"
    text = path.read_text()
    path.write_text(text.replace('"fate": "keep"', '"fate": "delete"', 1))
    with pytest.raises(Refused, match="has been changed"):
        read_sections(path)
    path.write_text("".join(text.splitlines(keepends=True)[:-1]))
    with pytest.raises(Refused, match="cut off"):
        read_sections(path)
    path.write_text("{}\n")
    with pytest.raises(UsageError, match="cannot be read as a plan"):
        read_sections(path)
    with pytest.raises(UsageError, match="there is no plan"):
        read_sections(tmp_path / "nowhere")


def test_a_deployment_anywhere_stops_the_run_unless_told(world: World, tmp_path: Path) -> None:
    section = planned(world, tmp_path)
    world.deployments["d-1"] = deployment("InProgress", function="b")
    _, error = applied(section, world, tmp_path)
    assert isinstance(error, Refused) and "--despite-deployments" in (error.hint or "")
    assert world.deleted == []
    terms = Terms(sleep=world.sleep, despite_deployments=True)
    told, error = applied(section, world, tmp_path, terms)
    assert world.deleted == FREE
    assert [e.function for e in told if isinstance(e, FunctionSkipped)] == ["b"]


def test_a_stack_that_started_since_leaves_its_functions(world: World, tmp_path: Path) -> None:
    world.functions["a"].stack = "shop"
    world.stacks["shop"] = "UPDATE_COMPLETE"
    section = planned(world, tmp_path)
    world.stacks["shop"] = "UPDATE_IN_PROGRESS"
    applied(section, world, tmp_path)
    assert {f for f, _ in world.deleted} == {"b"}


def conflict() -> Refused:
    error = Refused("AWS refused", why="the following aliases reference it: [x]")
    error.aws_code = "ResourceConflictException"
    return error


@pytest.mark.parametrize(
    ("error", "kept", "skipped", "left_of_a"),
    [
        (conflict(), [3], [], 1),
        (NotFound("gone"), [], ["a"], 5),
        (PermissionDenied("no permission", action="lambda:DeleteFunction"), [], ["a"], 5),
    ],
)
def test_an_answer_about_one_function_does_not_stop_the_next(
    world: World,
    tmp_path: Path,
    error: LambdactlError,
    kept: list[int],
    skipped: list[str],
    left_of_a: int,
) -> None:
    section = planned(world, tmp_path)
    world.failing["delete a:3"] = error
    told, ended = applied(section, world, tmp_path)
    assert [e.version for e in told if isinstance(e, VersionKept)] == kept
    assert [e.function for e in told if isinstance(e, FunctionSkipped)] == skipped
    assert sum(f == "a" for f, _ in world.deleted) == 7 - left_of_a
    assert sum(f == "b" for f, _ in world.deleted) == 7
    assert isinstance(ended, PartlyDone)


@pytest.mark.parametrize("error", [Throttled("busy"), LambdactlError("something else")])
def test_any_other_answer_stops_the_run(
    world: World, tmp_path: Path, error: LambdactlError
) -> None:
    section = planned(world, tmp_path)
    world.failing["delete a:3"] = error
    _, ended = applied(section, world, tmp_path)
    assert isinstance(ended, PartlyDone) and "the run stopped" in (ended.why or "")
    assert world.deleted == FREE[:2]


def test_the_journal_tells_what_was_begun_and_how_it_ended(world: World, tmp_path: Path) -> None:
    section = planned(world, tmp_path, scope=Scope("a"))
    world.failing["delete a:2"] = conflict()
    applied(section, world, tmp_path)
    path = journal.journal_path(section.head.id, tmp_path)
    rows = [(r["event"].split(":")[0], r["version"]) for r in journal.rows(path)]
    first = [("deleting", 1), ("deleted", 1), ("deleting", 2), ("kept", 2)]
    assert rows[:4] == first


def test_half_a_line_at_the_end_of_a_journal_is_no_line(tmp_path: Path) -> None:
    path = tmp_path / "p.journal.jsonl"
    path.write_text('{"at": "2026-11-23T14:00:00+00:00", "event": "deleted", "fun')
    assert journal.read(path) == (frozenset(), None)
    with journal.opened("p", tmp_path) as kept:
        kept.end("a", 1, NOW, "deleted")
    assert journal.read(path)[0] == {("a", 1)}


def test_without_a_journal_nothing_is_deleted(world: World, tmp_path: Path) -> None:
    section = planned(world, tmp_path)
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(Refused, match="nothing is deleted without it"):
        list(apply_section(section, world.aws, Terms(), directory=blocked / "below"))
    assert world.deleted == []


def test_told_to_stop_it_ends_after_the_call_in_flight_and_says_what_was_done(
    world: World, tmp_path: Path
) -> None:
    section = planned(world, tmp_path)
    terms = Terms(sleep=world.sleep, stop=lambda: len(world.deleted) >= 3)
    told, error = applied(section, world, tmp_path, terms)
    assert world.deleted == FREE[:3]
    assert isinstance(error, PartlyDone)
    assert str(error).startswith("deleted 3 of 14 versions")
    assert any(isinstance(e, StorageMeasured) for e in told)


def test_until_takes_the_largest_and_stops_there(world: World, tmp_path: Path) -> None:
    held = world.functions["b"]
    held.versions[2] = replace(held.versions[2], code_size=50_000)
    held.versions[5] = replace(held.versions[5], code_size=20_000)
    section = planned(world, tmp_path, until=world.used() - 60_000)
    assert [(d.function, d.version) for p in section.functions() for d in p.deletes] == [
        ("b", 2),
        ("b", 5),
    ]
    reasons = {v.reason for p in section.functions() for v in p.verdicts if v.version == 1}
    assert reasons == {f"not needed to come down to {world.used() - 60_000:,} bytes"}


def test_a_scope_is_a_glob_or_names(world: World, tmp_path: Path) -> None:
    world.add("shop-api")
    section = planned(world, tmp_path, scope=Scope("shop-*"))
    assert [p.function for p in section.functions()] == ["shop-api"]
    section = planned(world, tmp_path, scope=Scope(names=("b",)))
    assert [p.function for p in section.functions()] == ["b"]
    assert "sweep a" not in world.log[-6:]


def test_older_than_keeps_what_is_younger(world: World, tmp_path: Path) -> None:
    section = planned(world, tmp_path, criteria=Criteria(older_than_s=106 * 86_400.0))
    (first, _) = section.functions()
    assert [d.version for d in first.deletes] == [1, 2, 3, 4, 5, 6]
    assert next(v for v in first.verdicts if v.version == 7).reason == "not older than 106 d"


def test_layers_go_last_and_only_what_nothing_has_or_shares(world: World, tmp_path: Path) -> None:
    def layer(name: str, number: int) -> LayerVersion:
        arn = f"arn:aws:lambda:eu-west-1:1:layer:{name}:{number}"
        return LayerVersion(name, number, arn, 500, NOW - timedelta(days=90 - number))

    world.layers = [layer("deps", n) for n in range(1, 9)]
    held = world.functions["a"]
    held.versions[2] = version(2, published=NOW - timedelta(days=99), layers=(world.layers[0].arn,))
    held.versions[12] = replace(held.versions[12], layers=(world.layers[1].arn,))
    world.shared = {world.layers[2].arn}
    section = planned(world, tmp_path, layers=True, criteria=Criteria(keep=5))
    told = {v.layer.number: (v.fate, v.reason) for v in section.layers()}
    assert told[1] == ("delete", "attached to nothing"), "only a version that goes has it"
    assert told[2] == ("keep", "attached to a version that stays")
    assert told[3][1].startswith("shared by a policy")
    assert told[4] == ("keep", "newest 5")
    applied(section, world, tmp_path)
    assert world.layers_deleted == [("deps", 1)]
