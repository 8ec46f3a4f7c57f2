"""shift, promote, abort, prune: whole stdout, whole stderr, the exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lambdactl.errors import PermissionDenied, Stale, Unreachable
from lambdactl.model import Alias, Routing
from tests.cli.conftest import Run
from tests.cli.shop import Shop
from tests.plan.samples import alias, deployment

LIVE = ("-f", "checkout:live")
TARGET = """\
Target   checkout:live  123456789012  eu-west-1
         function ← -f   alias ← -f
"""
SHIFT_PLAN = """\
Now      v41 100 %
After    v41 90 %  v42 10 %
Checks   ✔ no deployment runs  ✔ v42 Active  ✔ same role
         ✔ same dead-letter target  ✔ no provisioned concurrency
         ✔ revision id rev-0
Undo     lambdactl shift -f checkout:live --to 41 --weight 100
"""


def test_shift_shows_the_plan_applies_it_and_reads_it_back(cli: Run, shop: Shop) -> None:
    said = cli("shift", *LIVE, "--to", "42", "--weight", "10", "--yes")
    assert said.out == "checkout:live  v41 90 %  v42 10 %\n"
    assert said.err == (
        TARGET
        + SHIFT_PLAN
        + "14:00:00 ● weight   v42 0 % → 10 %  by lambdactl  rev rev-0+\n"
        + "14:00:00 ✔ verified checkout:live is at v41 90 %  v42 10 %  rev rev-0+\n"
    )
    assert said.code == 0
    assert shop.live.routing == Routing(41, 42, 10.0)


def test_a_dry_run_prints_the_plan_as_data_and_writes_nothing(cli: Run, shop: Shop) -> None:
    said = cli("shift", *LIVE, "--to", "v42", "--weight", "10%", "--dry-run")
    assert said.out == SHIFT_PLAN
    assert said.err == TARGET + "dry run: nothing was changed\n"
    assert said.code == 0
    assert shop.log == ["snapshot"]


@pytest.mark.parametrize("command", [("shift", "--to", "42", "--weight", "10"), ("abort",)])
def test_without_a_person_and_without_yes_nothing_is_done(
    cli: Run, shop: Shop, command: tuple[str, ...]
) -> None:
    shop.route(Routing(41, 42, 5.0))
    said = cli(*command, *LIVE)
    assert said.code == 3
    assert said.err.endswith(
        "error: not confirmed, and nobody can be asked\n"
        "  why: stdin or stderr is not a terminal, or --no-input was given\n"
        "  try: the same command with --yes, or with --dry-run to see the plan only\n"
    )
    assert shop.log == ["snapshot"]


def test_a_person_is_asked_and_may_say_no(
    cli: Run, shop: Shop, person: Callable[..., None]
) -> None:
    person("n")
    said = cli("shift", *LIVE, "--to", "42", "--weight", "10")
    assert said.err == (
        TARGET + SHIFT_PLAN + "Proceed? [y/N] error: not confirmed: nothing was changed\n"
        "  why: the answer was not y\n"
        "  try: the same command; with --dry-run it shows the plan and does not ask\n"
    )
    assert said.code == 3
    assert shop.log == ["snapshot"]


def test_a_person_says_yes(cli: Run, shop: Shop, person: Callable[..., None]) -> None:
    person("y")
    assert cli("shift", *LIVE, "--to", "42", "--weight", "10").code == 0
    assert shop.live.routing == Routing(41, 42, 10.0)


def test_quiet_still_shows_a_person_what_is_asked(
    cli: Run, shop: Shop, person: Callable[..., None]
) -> None:
    person("y")
    assert cli("shift", *LIVE, "--to", "42", "--weight", "10", "-q").err == (
        SHIFT_PLAN + "Proceed? [y/N] "
    )


def test_quiet_and_yes_say_only_the_result(cli: Run, shop: Shop) -> None:
    said = cli("shift", *LIVE, "--to", "42", "--weight", "10", "-q", "-y")
    assert (said.out, said.err) == ("checkout:live  v41 90 %  v42 10 %\n", "")


def test_nothing_to_do_is_an_answer(cli: Run, shop: Shop) -> None:
    shop.versions.pop(42)
    said = cli("promote", *LIVE)
    assert said.out == "Now      v41 100 %\nNote     v41 already has all traffic of checkout:live\n"
    assert said.code == 0


def test_promote_gives_the_canary_everything(cli: Run, shop: Shop) -> None:
    shop.route(Routing(41, 42, 10.0))
    assert cli("promote", *LIVE, "--yes").out == "checkout:live  v42 100 %\n"


def test_shift_is_refused_while_codedeploy_moves_the_alias(cli: Run, shop: Shop) -> None:
    shop.deploy(deployment("InProgress"))
    said = cli("shift", *LIVE, "--to", "42", "--weight", "50", "--yes")
    assert said.code == 5
    assert "d-1" in said.err
    assert shop.log == ["snapshot"]


def test_a_stale_plan_changes_nothing_and_says_so(cli: Run, shop: Shop) -> None:
    shop.fail("update_alias", Stale("alias checkout:live has changed since it was read"))
    said = cli("shift", *LIVE, "--to", "42", "--weight", "10", "--yes")
    assert said.code == 5
    assert "error: alias checkout:live changed while you were looking" in said.err
    assert shop.live.routing == Routing(41)


def test_the_missing_permission_is_named(cli: Run, shop: Shop) -> None:
    shop.fail(
        "update_alias",
        PermissionDenied("you may not do this", action="lambda:UpdateAlias", hint="ask for it"),
    )
    said = cli("shift", *LIVE, "--to", "42", "--weight", "10", "--yes", "-o", "json")
    assert said.code == 13
    assert json.loads(said.err.splitlines()[-1])["error"]["action"] == "lambda:UpdateAlias"


def test_no_answer_from_aws_is_an_unexpected_failure(cli: Run, shop: Shop) -> None:
    shop.fail("snapshot", Unreachable("no answer", why="time-out"))
    assert cli("abort", *LIVE, "--yes").code == 1


def test_the_plan_as_json(cli: Run, shop: Shop) -> None:
    said = cli("shift", *LIVE, "--to", "42", "--weight", "10", "--yes", "-o", "json")
    told = json.loads(said.out)
    assert (told["apiVersion"], told["kind"]) == ("lambdactl/v1", "Shift")
    assert told["context"]["function"] == "checkout"
    data = told["data"]
    assert data["applied"] is True
    assert data["after"] == {
        "stable": 41,
        "stable_weight_percent": 90.0,
        "canary": 42,
        "canary_weight_percent": 10.0,
    }
    assert [e["event"] for e in data["events"]] == ["AliasMoved", "AliasVerified"]
    assert data["undo"] == "lambdactl shift -f checkout:live --to 41 --weight 100"


def test_abort_of_a_running_deployment_follows_it_to_the_alias(cli: Run, shop: Shop) -> None:
    shop.route(Routing(41, 42, 10.0))
    shop.deploy(deployment("InProgress"))

    def stopped(account: object) -> None:
        shop.deploy(deployment("Stopped"))
        shop.route(Routing(41))

    shop.steps.append(stopped)
    said = cli("abort", *LIVE, "--yes")
    assert said.out == "checkout:live  v41 100 %\n"
    assert "↩ deploy   d-1 stop requested, with rollback" in said.err
    assert said.code == 0


def test_an_abort_that_takes_too_long_is_a_timeout(cli: Run, shop: Shop) -> None:
    shop.route(Routing(41, 42, 10.0))
    shop.deploy(deployment("InProgress"))
    said = cli("abort", *LIVE, "--yes", "--timeout", "30s")
    assert said.code == 7
    assert sum(shop.slept) == 30.0


def test_prune_asks_for_the_functions_name(
    cli: Run, shop: Shop, person: Callable[..., None]
) -> None:
    person("yes")
    said = cli("prune", *LIVE, "--keep", "3")
    assert said.code == 3
    assert "Type the function's name to delete (checkout): " in said.err
    assert sorted(shop.versions) == [38, 39, 40, 41, 42]


def test_prune_deletes_what_nothing_needs_and_says_what_is_kept(
    cli: Run, shop: Shop, person: Callable[..., None]
) -> None:
    person("checkout")
    said = cli("prune", *LIVE, "--keep", "3")
    assert said.code == 0
    gone = [n for n in range(38, 43) if n not in shop.versions]
    names = " ".join(f"v{n}" for n in gone)
    assert said.out == f"deleted {len(gone)} versions, kept {5 - len(gone)}: {names}\n"
    assert 41 in shop.versions
    assert "keep    live (stable)" in said.err


def test_a_prune_that_was_partly_done_says_what_is_gone(cli: Run, shop: Shop) -> None:
    shop.deletes.slow_down = lambda: None  # type: ignore[method-assign]
    denied = PermissionDenied("you may not", action="lambda:DeleteFunction")
    calls = iter([None, denied])

    def failing(name: str) -> None:
        error = next(calls) if name.startswith("delete_version") else None
        if error is not None:
            raise error

    shop._called = failing  # type: ignore[assignment,method-assign]
    said = cli("prune", *LIVE, "--keep", "2", "--yes")
    assert said.code == 10
    assert said.out == "deleted 1 version, kept 4: v38\n"
    assert "error: deleted 1 of 2 versions of checkout" in said.err


def test_a_prune_of_nothing_says_so_and_asks_nothing(cli: Run, shop: Shop) -> None:
    said = cli("prune", *LIVE, "--keep", "50")
    assert said.code == 0
    assert "Prune    nothing to delete, keep 5\n" in said.out
    assert "Undo" not in said.out


def test_prune_needs_no_alias(cli: Run, shop: Shop) -> None:
    said = cli("prune", "-f", "checkout", "-n")
    assert said.err.startswith("Target   checkout  123456789012  eu-west-1\n")
    assert said.code == 0


@pytest.mark.parametrize("keep", ["0", "1", "-3"])
def test_keeping_too_few_is_a_usage_error(cli: Run, shop: Shop, keep: str) -> None:
    assert cli("prune", *LIVE, "--keep", keep, "--yes").code == 2


def test_yes_from_the_environment_is_no_answer_in_production(
    cli: Run, shop: Shop, monkeypatch: pytest.MonkeyPatch, working_directory: Path
) -> None:
    monkeypatch.setenv("LAMBDACTL_YES", "1")
    words = ("shift", "--to", "42", "--weight", "10", "--write")
    project = working_directory / "lambdactl.toml"
    project.write_text('function = "checkout"\nalias = "live"\nenv = "prod"\n')
    said = cli(*words)
    assert said.code == 3
    assert "Target   checkout:live  123456789012  ▌PROD▐  eu-west-1\n" in said.err
    project.write_text('function = "checkout"\nalias = "live"\n')
    assert cli(*words).code == 0


def test_other_aliases_are_left_alone(cli: Run, shop: Shop) -> None:
    beta: Alias = alias("beta", Routing(38))
    shop.others.append(beta)
    cli("shift", *LIVE, "--to", "42", "--weight", "10", "--yes")
    assert shop.others == [beta]
