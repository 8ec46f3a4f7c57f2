"""``prune`` of many functions and ``storage``, typed against an account of a few dozen versions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lambdactl.cli import session
from lambdactl.cli.console import connection
from lambdactl.cli.options import Run as Shared
from lambdactl.cli.options import asked
from lambdactl.cli.stopping import stoppable
from lambdactl.cli.target import wanted
from lambdactl.cli.terminal import Terminal
from lambdactl.errors import UsageError
from lambdactl.model import Target
from lambdactl.ops.plan_file import read_sections
from lambdactl.plan import plan_prune
from lambdactl.sandbox import fleet
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.faults import denied
from lambdactl.sandbox.open import Sandbox
from tests.cli.conftest import Run
from tests.ops.world import World


@pytest.fixture
def grown(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """Two functions of twelve versions, where every command finds them."""
    monkeypatch.setattr(fleet, "PARTS", dict.fromkeys(fleet.PARTS, 0.0))
    monkeypatch.setattr("lambdactl.aws.limiter.READS_A_SECOND", 1e6)
    monkeypatch.setattr("lambdactl.aws.limiter.DELETES_A_SECOND", 1e6)
    monkeypatch.setattr("lambdactl.aws.limiter.POLICIES_A_SECOND", 1e6)
    monkeypatch.setattr("lambdactl.aws.limiter.FUNCTIONS_A_SECOND", 1e6)
    with Sandbox(clock=ManualClock()) as sandbox:
        fleet.seed_fleet(sandbox.account, functions=2, versions=12)
        for name, value in sandbox.environment().items():
            monkeypatch.setenv(name, value)
        yield sandbox


def left(sandbox: Sandbox) -> list[int]:
    functions = sandbox.account.services["lambda"].registry.functions.values()
    return [len(f.published) for f in functions]


def test_a_plan_is_written_reviewed_and_applied(grown: Sandbox, cli: Run, tmp_path: Path) -> None:
    plan = tmp_path / "p.jsonl"
    made = cli("prune", "--all-functions", "--plan", str(plan))
    assert made.code == 0, made.err
    assert "delete 14 versions of 2 functions, keep 10" in made.out
    assert left(grown) == [12, 12]
    done = cli("prune", "--apply", str(plan), "--yes", "--max-delete", "14")
    assert done.code == 0, done.err
    assert done.out.startswith("deleted 14 versions of 2 functions; estimated up to ")
    assert ", measured " in done.out
    assert left(grown) == [5, 5]
    log = cli("audit", "-o", "json")
    (entry,) = json.loads(log.out)["data"]
    assert (entry["verb"], entry["target"], entry["outcome"]) == ("prune", "all functions", "done")
    again = cli("prune", "--apply", str(plan), "--yes", "--max-delete", "14")
    assert again.code == 0 and again.out.startswith("deleted 0 versions")


def test_a_plan_is_not_taken_to_another_region(
    cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds = {name: World() for name in ("eu-west-1", "us-east-1")}
    for name, world in worlds.items():
        world.add("a")
        world.where = replace(world.where, region=name)
    monkeypatch.setattr(session, "connected", lambda meant: worlds[meant.get("region") or ""])
    plan = str(tmp_path / "p.jsonl")
    assert cli("prune", "--all-functions", "--region", "eu-west-1", "--plan", plan).code == 0
    said = cli("prune", "--apply", plan, "--region", "us-east-1", "--yes", "--max-delete", "9")
    assert said.code == 5
    assert "this plan is for region eu-west-1, and these credentials lead to us-east-1" in said.err
    assert all(w.deleted == [] for w in worlds.values())


def test_a_yes_that_deletes_more_than_half_must_say_how_many(grown: Sandbox, cli: Run) -> None:
    said = cli("prune", "--all-functions", "--yes")
    assert said.code == 5
    assert "--yes alone is not enough to delete 7 of 12 versions of fleet-000" in said.err
    assert "--max-delete 14" in said.err
    fewer = cli("prune", "--all-functions", "--yes", "--max-delete", "13")
    assert fewer.code == 5 and left(grown) == [12, 12]


def test_a_person_types_the_account(grown: Sandbox, cli: Run, person: Callable[..., None]) -> None:
    person("yes")
    assert cli("prune", "--match", "fleet-0000").code == 3
    assert left(grown) == [12, 12]
    person("000000000000")
    said = cli("prune", "--match", "fleet-0000")
    assert said.code == 0, said.err
    assert left(grown) == [5, 12]


def test_a_dry_run_in_json(grown: Sandbox, cli: Run) -> None:
    said = cli("prune", "--all-functions", "-n", "-o", "json")
    told = json.loads(said.out)
    assert told["kind"] == "Prune"
    (region,) = told["data"]["regions"]
    assert (region["deletes"], region["keeps"], region["skipped"]) == (14, 10, 0)
    assert Path(told["data"]["plan"]).read_text().count("\n") == 4
    assert left(grown) == [12, 12]


@pytest.mark.parametrize("words", [("-n",), ("--plan", "p.jsonl")])
def test_a_plan_that_is_only_shown_is_shown_once(
    grown: Sandbox, cli: Run, words: tuple[str, ...]
) -> None:
    said = cli("prune", "--all-functions", *words)
    assert (said.out.count("Plan  "), said.err.count("Plan  ")) == (1, 0)
    assert "Undo     none: what is deleted cannot be brought back" in said.out
    assert "every version's verdict, and the rule behind it, is in " in said.err


def test_part_of_it_done_is_exit_10(grown: Sandbox, cli: Run) -> None:
    grown.account.services["lambda"].registry.functions["fleet-0001"].published[
        "3"
    ].replicated = True
    said = cli("prune", "--all-functions", "--yes", "--max-delete", "99")
    assert said.code == 10
    assert "replicated to the edge" in said.err
    assert "lambdactl prune --apply" in said.err
    assert left(grown) == [5, 6]


def test_a_function_that_could_not_be_judged_is_exit_10(grown: Sandbox, cli: Run) -> None:
    grown.door.faults.add("lambda:ListAliases", denied(), times=1)
    said = cli("prune", "--all-functions", "--yes", "--max-delete", "99")
    assert said.code == 10
    assert "no permission: lambda:ListAliases" in said.err
    assert sorted(left(grown)) == [5, 12]


def test_several_regions_are_one_plan_and_a_section_each(
    cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds = {name: World() for name in ("eu-west-1", "us-east-1")}
    for name, world in worlds.items():
        world.add(f"in-{name}")
        world.where = replace(world.where, region=name)
    monkeypatch.setattr(session, "connected", lambda meant: worlds[meant.get("region") or ""])
    plan = tmp_path / "p.jsonl"
    words = ("prune", "--all-functions", "--regions", "eu-west-1,us-east-1", "--plan", str(plan))
    made = cli(*words)
    assert made.code == 0, made.err
    assert "all functions of 123456789012 in us-east-1" in made.out
    done = cli("prune", "--apply", str(plan), "--yes", "--max-delete", "14")
    assert done.code == 0, done.err
    assert done.out.startswith("deleted 14 versions of 2 functions; estimated up to 13.7 KB")
    assert {f for f, _ in worlds["us-east-1"].deleted} == {"in-us-east-1"}
    assert len(worlds["eu-west-1"].deleted) == 7


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--all-functions", "--match", "x"), "say two different things"),
        (("--apply", "p", "--all-functions"), "a plan that is made already"),
        (("--all-functions", "--until", "much"), "is not a size"),
        (("--all-functions", "--older-than", "old"), "is not a time"),
        (("--all-functions", "--rate", "16"), "cannot be kept"),
        (("--all-functions", "--keep", "1"), "too few"),
        (("--apply", "nowhere.jsonl"), "there is no plan"),
        (("--only", "36,x"), "'36,x' is no list of versions"),
        (("--only", ","), "',' is no list of versions"),
        (("--all-functions", "--only", "2"), "versions of one function, and --all-functions"),
        (("--apply", "p", "--only", "2"), "versions of one function, and --apply"),
        (("--layers", "--only", "2"), "versions of one function, and --layers"),
        (("--until", "50GB"), "no function is named"),
    ],
)
def test_words_that_cannot_be_meant(
    grown: Sandbox, cli: Run, words: tuple[str, ...], told: str
) -> None:
    said = cli("prune", *words)
    assert said.code == 2, said.err
    assert told in said.err


def test_of_one_function_the_versions_that_are_named(
    grown: Sandbox, cli: Run, tmp_path: Path
) -> None:
    assert cli("prune", "-f", "fleet-0000", "--only", "2,v3", "--yes").out == (
        "deleted 2 versions, kept 10: v2 v3\n"
    )
    plan = str(tmp_path / "p.jsonl")
    kept = cli("prune", "-f", "fleet-0000", "--only", "4,12", "--plan", plan)
    assert kept.code == 5
    assert "error: cannot prune v12 of fleet-0000: " in kept.err
    assert cli("prune", "-f", "fleet-0000", "--only", "3", "--dry-run").code == 9
    made = cli("prune", "-f", "fleet-0000", "--only", "4", "--plan", plan)
    assert "delete 1 version of 1 function, keep 9" in made.out
    assert cli("prune", "--apply", plan, "--yes").code == 0
    assert left(grown) == [9, 12]


def test_a_plan_that_the_console_wrote_is_applied(grown: Sandbox, cli: Run, tmp_path: Path) -> None:
    said = asked(Shared(), {"function": "fleet-0000:live", "quiet": True})
    console = connection(said, wanted(said)).on(Target("fleet-0000", "live"))
    seen, path = console.survey(), tmp_path / "p.jsonl"
    console.write_plan(seen, plan_prune(seen, 5, only=(2, 4)), path)
    with pytest.raises(UsageError, match="no plan is written to") as refused:
        console.write_plan(seen, plan_prune(seen, 5), path)
    assert refused.value.why == "File exists"
    (section,) = read_sections(path)
    assert (section.head.scope, section.head.criteria.only) == ("function fleet-0000", (2, 4))
    assert (section.head.made, section.head.deletes, section.head.keeps) == (seen.taken, 2, 10)
    assert path.stat().st_mode & 0o777 == 0o600
    done = cli("prune", "--apply", str(path), "--yes")
    assert done.code == 0, done.err
    assert done.out.startswith("deleted 2 versions of 1 function; estimated up to ")
    assert left(grown) == [10, 12]


def test_storage_says_who_holds_it(grown: Sandbox, cli: Run) -> None:
    registry = grown.account.services["lambda"].registry
    registry.storage.limit = 2 * registry.storage.used
    said = cli("storage")
    assert said.code == 0, said.err
    assert "50.0 %" in said.out
    assert "would free up to" in said.out and "in 14 versions" in said.out
    assert "fleet-0000" in said.out
    told = json.loads(cli("storage", "-o", "json").out)["data"]
    assert told["used_bytes"] == registry.storage.used
    assert told["limit_bytes"] == registry.storage.limit
    assert [f["versions"] for f in told["functions"]] == [12, 12]
    assert told["prunable_versions"] == 14
    assert told["full_at"] is not None


def test_storage_without_a_permission_says_what_it_cannot_tell(grown: Sandbox, cli: Run) -> None:
    grown.door.faults.add("lambda:ListLayers", denied())
    grown.door.faults.add("lambda:ListEventSourceMappings", denied())
    said = cli("storage")
    assert said.code == 0, said.err
    assert "layers: no permission: lambda:ListLayers" in said.out
    assert "fleet-0001: cannot prune fleet-0001: event source mappings could not be" in said.out
    assert "would free up to 0 B in 0 versions" in said.out


def test_ctrl_c_is_a_wish_first(capsys: pytest.CaptureFixture[str]) -> None:
    import signal

    with stoppable(Terminal()) as stop:
        assert not stop()
        signal.raise_signal(signal.SIGINT)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert "after the call in flight" in capsys.readouterr().err


def test_ctrl_c_says_what_was_done_and_how_it_goes_on(
    grown: Sandbox, cli: Run, tmp_path: Path
) -> None:
    import signal

    plan = tmp_path / "p.jsonl"
    cli("prune", "--all-functions", "--plan", str(plan))
    registry = grown.account.services["lambda"].registry
    pressed: list[bool] = []

    def press(*_: object) -> None:
        if sum(left(grown)) <= 20 and not pressed:
            pressed.append(True)
            signal.raise_signal(signal.SIGINT)

    registry.retired.append(press)
    said = cli("prune", "--apply", str(plan), "--yes", "--max-delete", "14")
    assert said.code == 130, said.err
    assert "interrupted: deleted " in said.err and f"prune --apply {plan}" in said.err
    assert 10 < sum(left(grown)) <= 20
    done = cli("prune", "--apply", str(plan), "--yes", "--max-delete", "14")
    assert done.code == 0 and left(grown) == [5, 5]
