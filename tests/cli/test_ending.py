"""Ended from outside, or outrun by somebody: what is left is said, and by whom."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from lambdactl.cli import audit_log, stopping
from lambdactl.cli.audit_log import entries, path
from lambdactl.cli.terminal import Terminal
from lambdactl.errors import Stale
from lambdactl.model import Routing
from tests.cli.conftest import Run
from tests.cli.shop import Shop
from tests.plan.samples import deployment

LIVE = ("-f", "checkout:live")
SHIFT = ("shift", *LIVE, "--to", "42", "--weight", "10", "--yes")
ENDS = [(signal.SIGTERM, 143), (signal.SIGHUP, 129)]


@pytest.mark.parametrize(("number", "code"), ENDS)
def test_a_change_that_is_ended_says_so_and_is_in_the_log(
    number: signal.Signals, code: int, cli: Run, shop: Shop
) -> None:
    def end(call: str) -> None:
        if call.startswith("update_alias"):
            signal.raise_signal(number)

    shop._called = end  # type: ignore[method-assign]
    said = cli(*SHIFT)
    assert said.code == code
    assert said.err.endswith(
        f"ended by {number.name}: the alias is where it was, or where the plan says:"
        " lambdactl status -f checkout:live\n"
    )
    assert [entry["outcome"] for entry in entries()] == ["interrupted"]
    assert signal.getsignal(number) is signal.SIG_DFL


def test_a_signal_that_is_ignored_stays_ignored(cli: Run, shop: Shop) -> None:
    def hang_up(call: str) -> None:
        if call.startswith("update_alias"):
            signal.raise_signal(signal.SIGHUP)

    shop._called = hang_up  # type: ignore[method-assign]
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert cli(*SHIFT).code == 0
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(("number", "code"), ENDS)
def test_a_prune_finishes_the_delete_in_flight(
    number: signal.Signals, code: int, cli: Run, shop: Shop
) -> None:
    def end(call: str) -> None:
        if call.startswith("delete_version"):
            signal.raise_signal(number)

    shop._called = end  # type: ignore[method-assign]
    said = cli("prune", "-f", "checkout", "--keep", "2", "--yes")
    assert said.code == code
    assert f"ended by {number.name}: deleted 1 version" in said.err
    (entry,) = entries()
    assert len(entry["deleted"]) == 1


def test_a_second_signal_does_not_wait(capsys: pytest.CaptureFixture[str]) -> None:
    with stopping.stoppable(Terminal()) as stop:
        signal.raise_signal(signal.SIGTERM)
        assert stop()
        with pytest.raises(stopping.Ended):
            signal.raise_signal(signal.SIGTERM)
    assert "after the call in flight" in capsys.readouterr().err


def test_a_terminal_that_is_gone_is_no_bug() -> None:
    script = (
        "import os, signal, sys\n"
        "from lambdactl.cli import run\n"
        "def gone(*_): os.kill(os.getpid(), signal.SIGHUP)\n"
        "run._invoke = gone\n"
        "sys.exit(run.run(['version']))\n"
    )
    reading, writing = os.openpty()
    child = subprocess.Popen([sys.executable, "-c", script], stdout=writing, stderr=writing)
    os.close(writing)
    os.close(reading)
    assert child.wait(20) == 129


def outrun(shop: Shop) -> None:
    """Somebody moves the alias just before we do."""

    def move(call: str) -> None:
        if call.startswith("update_alias") and shop.live.revision_id == "rev-0":
            shop.route(Routing(41, 40, 50.0))
            raise Stale("checkout:live has changed since it was read")

    shop._called = move  # type: ignore[method-assign]


def another(**more: Any) -> None:
    """A change that another process on this machine has in the log."""
    path().parent.mkdir(parents=True, exist_ok=True)
    entry = {
        "id": "other",
        "at": "2026-11-20T13:59:58Z",
        "caller": "arn:aws:iam::123456789012:user/bob",
        "host": "desk",
        "session": "theirs",
        "target": "checkout:live",
        "command": "shift --to 40 --weight 50",
        **more,
    }
    path().write_text(f"{json.dumps(entry)}\n")


def finished() -> None:
    another(outcome="done", reached={"stable": 41}, revision_ids=["rev-0", "rev-0+"])


def under_way() -> None:
    another(outcome=audit_log.STARTED, revision_ids=["rev-0"])


@pytest.mark.parametrize("known", [finished, under_way])
def test_who_moved_the_alias_is_known_from_the_log(
    known: Callable[[], None], cli: Run, shop: Shop
) -> None:
    known()
    outrun(shop)
    said = cli(*SHIFT)
    assert said.code == 5
    assert (
        "; moved by arn:aws:iam::123456789012:user/bob on desk at 2026-11-20T13:59:58Z:"
        " lambdactl shift --to 40 --weight 50\n"
    ) in said.err


def test_codedeploy_that_began_meanwhile_is_named(cli: Run, shop: Shop) -> None:
    def begin(call: str) -> None:
        if call.startswith("update_alias"):
            shop.deploy(deployment("InProgress"))
            shop.route(Routing(41, 42, 10.0))
            raise Stale("checkout:live has changed since it was read")

    shop._called = begin  # type: ignore[method-assign]
    said = cli(*SHIFT)
    assert said.code == 5
    assert "; moved by CodeDeploy: d-1 by " in said.err


def test_somebody_elsewhere_is_not_guessed(cli: Run, shop: Shop) -> None:
    outrun(shop)
    said = cli(*SHIFT)
    assert said.code == 5
    assert "CloudTrail's UpdateAlias says who" in said.err
