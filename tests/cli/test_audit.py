"""The audit log: every change leaves a line, whatever came of it, and no line holds a secret."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from lambdactl.cli.audit_log import entries, path
from lambdactl.cli.auditing import without_values
from lambdactl.errors import LambdactlError, Stale
from lambdactl.model import Routing
from tests.cli.conftest import Run
from tests.cli.shop import Shop
from tests.plan.samples import deployment

LIVE = ("-f", "checkout:live")
SHIFT = ("shift", "--to", "42", "--weight", "10", *LIVE, "--yes")


def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in path().read_text().splitlines()]


def test_a_shift_leaves_who_what_from_to_and_how(
    cli: Run, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["lambdactl", *SHIFT])
    assert cli(*SHIFT).code == 0
    begun, ended = lines()
    assert (begun["outcome"], ended["outcome"]) == ("started", "done")
    assert begun["id"] == ended["id"]
    assert ended["at"] == "2026-11-20T14:00:00Z"
    assert ended["caller"] == "arn:aws:sts::123456789012:assumed-role/operator/alice"
    assert ended["command"] == " ".join(SHIFT)
    assert (ended["verb"], ended["target"]) == ("shift", "checkout:live")
    assert ended["before"]["stable"] == 41
    assert ended["after"] == ended["reached"]
    assert ended["reached"]["canary_weight_percent"] == 10.0
    assert ended["revision_ids"] == ["rev-0", "rev-0+"]
    assert path().stat().st_mode & 0o777 == 0o600


def test_a_change_that_was_refused_by_aws_says_so(cli: Run, shop: Shop) -> None:
    failure = LambdactlError("AWS said no to value hunter2")
    failure.aws_code = "InvalidParameterValueException"
    shop.fail("update_alias", failure)
    assert cli(*SHIFT).code == 1
    (entry,) = entries()
    assert (entry["outcome"], entry["aws_code"]) == ("unexpected", "InvalidParameterValueException")
    assert "reached" not in entry
    assert "hunter2" not in path().read_text()


def test_a_change_that_came_too_late_says_so(cli: Run, shop: Shop) -> None:
    shop.fail("update_alias", Stale("checkout:live has changed since it was read"))
    assert cli(*SHIFT).code == 5
    (entry,) = entries()
    assert (entry["outcome"], entry["revision_ids"]) == ("stale", ["rev-0"])


def test_an_abort_a_prune_and_the_newest_first(cli: Run, shop: Shop) -> None:
    shop.route(Routing(41, 42, 10.0))
    assert cli("abort", *LIVE, "--yes").code == 0
    assert cli("prune", "--keep", "2", "--grace", "1h", "-f", "checkout", "--yes").code == 0
    prune, abort = entries()
    assert (abort["verb"], abort["reached"]["canary"]) == ("abort", None)
    assert prune["verb"] == "prune"
    assert prune["deleted"] == ["checkout:38", "checkout:39"]
    shown = cli("audit").out.splitlines()
    assert "2 deleted" in shown[1]
    assert "v41 90 %  v42 10 %  v41 100 %" in shown[2]


def test_an_interrupted_change_is_in_it(cli: Run, shop: Shop) -> None:
    shop.deploy(deployment("InProgress"))

    def ctrl_c(_: Any) -> None:
        raise KeyboardInterrupt

    shop.steps.append(ctrl_c)
    assert cli("abort", *LIVE, "--yes").code == 130
    (entry,) = entries()
    assert entry["outcome"] == "interrupted"
    assert entry["actions"] == ["StopDeployment d-1"]


def test_a_change_whose_process_was_killed_is_not_known(cli: Run, shop: Shop) -> None:
    cli(*SHIFT)
    begun = path().read_text().splitlines()[0]
    path().write_text(f"{begun}\n")
    assert "not known: it did not end" in cli("audit").out


def test_a_log_that_cannot_be_written_stops_no_abort(cli: Run, shop: Shop) -> None:
    shop.route(Routing(41, 42, 10.0))
    path().parent.mkdir(parents=True)
    path().mkdir()
    said = cli("abort", *LIVE, "--yes", "-q")
    assert said.code == 0
    assert shop.live.routing == Routing(41)
    assert f"the audit log {path()} cannot be written" in said.err


def test_reading_and_dry_runs_leave_nothing(cli: Run, shop: Shop) -> None:
    cli("status", *LIVE)
    cli("shift", "--to", "42", "--weight", "10", *LIVE, "-n")
    cli("shift", "--to", "42", "--weight", "10", *LIVE)
    assert not path().exists()
    assert cli("audit").err == "no change is in the audit log\n"


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (["-p", "Password=hunter2"], "-p Password=***"),
        (["-pPassword=hunter2"], "-pPassword=***"),
        (["--parameter=Password=hunter2"], "--parameter=Password=***"),
        (["--tag", "owner=hunter2=x"], "--tag owner=***"),
        (
            ["--endpoint-url", "http://me:hunter2@h:80/x?k=hunter2"],
            "--endpoint-url http://***@h:80",
        ),
        (["--endpoint-url=http://me:hunter2@h/"], "--endpoint-url=http://***@h"),
        (["shift", "--to=2", "--weight", "10"], "shift --to=2 --weight 10"),
    ],
)
def test_values_are_never_logged(words: list[str], kept: str) -> None:
    assert " ".join(without_values(words)) == kept


def test_of_one_function_and_since(cli: Run, shop: Shop) -> None:
    cli(*SHIFT)
    assert len(json.loads(cli("audit", "-o", "json").out)["data"]) == 1
    assert cli("audit", "-f", "checkout", "-o", "name").out == f"{entries()[0]['id']}\n"
    assert cli("audit", "-f", "billing").out == ""
    assert cli("audit", "--since", "0").out == ""


def test_a_line_that_is_none_is_named(cli: Run, shop: Shop) -> None:
    cli(*SHIFT)
    with Path(path()).open("a") as log:
        log.write("{]\n")
    said = cli("audit")
    assert said.code == 2
    assert said.err.startswith(f"error: line 3 of {path()} is not of the audit log\n")
