"""Every way to change something leaves its line: each command, and the console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from lambdactl.cli import console
from lambdactl.cli.audit_log import entries, path
from lambdactl.cli.options import Run as Running
from lambdactl.cli.options import asked
from lambdactl.cli.target import wanted
from lambdactl.errors import PermissionDenied, Stale
from lambdactl.model import Routing, Target
from lambdactl.plan import plan_promote
from lambdactl.sandbox import fleet
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.open import Sandbox
from lambdactl.tui import Connection
from tests.cli.conftest import Run
from tests.cli.shop import Shop

SPLIT = Routing(41, 42, 10.0)
ALICE = "arn:aws:sts::123456789012:assumed-role/operator/alice"
CHANGES: dict[tuple[str, ...], tuple[str, Any]] = {
    ("shift", "--to", "42", "--weight", "25"): ("checkout:live", 25.0),
    ("promote",): ("checkout:live", 100.0),
    ("abort",): ("checkout:live", 0.0),
    ("prune", "--keep", "2"): ("checkout:live", None),
}


@pytest.mark.parametrize("words", CHANGES, ids=lambda words: words[0])
def test_every_changing_command_leaves_its_line(
    cli: Run, shop: Shop, words: tuple[str, ...]
) -> None:
    shop.route(SPLIT)
    target, canary = CHANGES[words]
    assert cli(*words, "-f", "checkout:live", "--yes").code == 0
    (entry,) = entries()
    assert (entry["verb"], entry["target"], entry["outcome"]) == (words[0], target, "done")
    assert (entry["caller"], entry["account_id"]) == (ALICE, "123456789012")
    assert entry["host"]
    if canary is not None:
        assert entry["before"]["canary"] == 42
        reached = entry["reached"]
        share = reached["canary_weight_percent"] or 0.0
        assert (100.0 if reached["stable"] == 42 else share) == canary
        assert len(entry["revision_ids"]) == 2


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        (Stale("checkout:live has changed since it was read"), "stale", 5),
        (PermissionDenied("no", action="lambda:UpdateAlias"), "permission_denied", 13),
    ],
)
def test_what_was_confirmed_and_not_done_is_in_it(
    cli: Run, shop: Shop, error: Any, outcome: str, code: int
) -> None:
    shop.route(SPLIT)
    shop.fail("update_alias", error)
    assert cli("promote", "-f", "checkout:live", "--yes").code == code
    (entry,) = entries()
    assert entry["outcome"] == outcome
    assert "reached" not in entry


def test_what_was_refused_before_it_was_confirmed_is_not(cli: Run, shop: Shop) -> None:
    shop.route(SPLIT)
    assert cli("promote", "-f", "checkout:live", "--yes", "--read-only").code == 5
    assert cli("promote", "-f", "checkout:live").code == 3
    assert not path().exists()


@pytest.fixture
def seeded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    """The one alias of an account in the sandbox: at 5, versions 1 to 5."""
    with Sandbox(clock=ManualClock()) as made:
        fleet.seed_fleet(made.account, functions=1, versions=5)
        for name, value in made.environment().items():
            monkeypatch.setenv(name, value)
        yield Target("fleet-0000", "live")


def test_the_console_leaves_its_line_too(cli: Run, seeded: Target) -> None:
    assert cli("shift", "--to", "3", "--weight", "10", "-f", str(seeded), "--yes").code == 0
    acted = connection(function=str(seeded)).on(seeded)
    plan = plan_promote(acted.recheck(plan_promote(acted.look())))
    assert list(acted.act(plan, "alarm errors is in ALARM"))
    entry, _shift = entries()
    assert (entry["verb"], entry["target"], entry["outcome"]) == ("promote", str(seeded), "done")
    assert entry["reached"]["stable"] == 3
    assert entry["reason"] == "alarm errors is in ALARM"


def test_a_console_that_is_read_only_says_why_and_how_to_write(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMBDACTL_READ_ONLY", "1")
    for words, told in (
        ({}, "LAMBDACTL_READ_ONLY is set; lambdactl tui --write changes it"),
        ({"read_only": False}, None),
        ({"read_only": True}, "--read-only was given; lambdactl tui --write changes it"),
    ):
        assert connection(**words).read_only == told


def test_a_console_knows_since_when_the_split_is_on_that_was_made_here(
    cli: Run, seeded: Target
) -> None:
    assert cli("shift", "--to", "3", "--weight", "10", "-f", str(seeded), "--yes").code == 0
    first = connection(function=str(seeded)).on(seeded).look()
    (entry,) = entries()
    assert first.weight_since == datetime.fromisoformat(entry["at"])


def connection(**words: Any) -> Connection:
    """The console's way to where the words lead."""
    said = asked(Running(), {"function": "checkout:live", **words})
    return console.connection(said, wanted(said))


def test_a_rollback_leaves_its_line(cli: Run, seeded: Target) -> None:
    said = cli("rollback", "--to", "3", "-f", str(seeded), "--yes")
    assert said.code == 0, said.err
    (entry,) = entries()
    assert (entry["verb"], entry["outcome"]) == ("rollback", "done")
    assert (entry["before"]["stable"], entry["reached"]["stable"]) == (5, 3)


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox(speed=60.0, strict=True) as made:
        for name, value in made.environment().items():
            monkeypatch.setenv(name, value)
        yield made


def test_a_deploy_leaves_its_line_without_the_values_of_its_parameters(
    cli: Run, empty: Sandbox, monkeypatch: pytest.MonkeyPatch, person: Callable[..., None]
) -> None:
    words = ("deploy", "--yes", "--parameter", "Release=hunter2")
    monkeypatch.setattr("sys.argv", ["lambdactl", *words])
    said = cli(*words)
    assert said.code == 0, said.err
    (entry,) = (each for each in entries() if each["verb"] == "deploy")
    assert entry["outcome"] == "done"
    assert entry["reached"] == "CREATE_COMPLETE"
    assert entry["command"] == "deploy --yes --parameter Release=***"
    assert "hunter2" not in path().read_text()
