"""list, aliases, events, diff, logs: whole outputs, what was asked for them, what is unknown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lambdactl.cli import session, state
from lambdactl.errors import LambdactlError, PermissionDenied
from lambdactl.model import Alarm, Routing
from lambdactl.model_configuration import RedAlarm
from lambdactl.model_history import AlarmChange, Ending, Endings
from lambdactl.model_stack import StackEvent
from tests.cli.archive import Archive, of, said
from tests.cli.conftest import Run
from tests.cli.shop import measured
from tests.plan.samples import NOW, deployment, version

LIVE = ("-f", "checkout:live")
MINUTE = timedelta(minutes=1)
STACK_TYPE = "AWS::CloudFormation::Stack"


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    made = Archive()
    monkeypatch.setattr(session, "connected", lambda _: made)
    monkeypatch.setattr(session, "sleep", made.sleep)
    yield made


def red(name: str, function: str, qualifier: str | None) -> RedAlarm:
    return RedAlarm(name, NOW - MINUTE, "6 > 1", "Errors > 1", frozenset({(function, qualifier)}))


def fleet(archive: Archive) -> None:
    """checkout failing, search paused by hand, auth at rest with a red alarm, old without alias."""
    archive.names = ("auth", "billing", "checkout", "old", "search")
    archive.fleet = {
        "auth": (of("auth", "live", Routing(3)),),
        "billing": (of("billing", "live", Routing(7)),),
        "old": (),
        "search": (of("search", "live", Routing(41, 42, 10.0)),),
    }
    archive.route(Routing(41, 42, 10.0))
    archive.deploy(deployment("InProgress"))
    archive.alarms = (Alarm("checkout-5xx", "ALARM", NOW - MINUTE, "6.3 > 1"),)
    archive.metrics = measured(v41=((90, 0),) * 9, v42=((10, 1),) * 9)
    archive.reds = (red("checkout-5xx", "checkout", "live"), red("auth-errors", "auth", None))


def test_a_fleet_is_the_sandboxs_after_a_deploy_there_and_of_no_other_last_place(
    cli: Run, archive: Archive
) -> None:
    there = ("ap-south-1", "999999999999", None, None, None, "2026-11-20T14:00:00Z")
    last = state.Current("checkout", "live", "shop", None, *there)
    state.remember(last)
    assert "last deploy" not in cli("list").err
    state.remember(replace(last, context="sandbox"))
    said = cli("list")
    assert said.code == 2
    assert "context sandbox ← last deploy" in said.err
    assert "context sandbox ← last deploy" in cli("storage").err


def test_the_fleet_by_need(cli: Run, archive: Archive) -> None:
    fleet(archive)
    archive.fleet["search"] = (of("search", "live", Routing(41)),)
    ran = cli("list")
    assert ran.code == 0
    assert [line.split()[1:3] for line in ran.out.splitlines()[1:]] == [
        ["FAILING", "checkout:live"],
        ["ALARM", "auth:live"],
        ["STABLE", "billing:live"],
        ["STABLE", "search:live"],
    ]
    failing, auth, billing, _ = ran.out.splitlines()[1:]
    assert "v41 90 %  v42 10 %" in failing
    assert "checkout-5xx 1m" in failing
    assert "d-1" in failing
    assert "auth-errors 1m" in auth
    assert billing.split()[3:] == ["v7", "100", "%", "-", "-", "-", "v7", "has", "all", "traffic"]
    assert ran.err.splitlines()[-1] == "5 functions  1 not at rest  2 with a red alarm"


def test_only_what_is_moving_is_looked_at_closely(cli: Run, archive: Archive) -> None:
    fleet(archive)
    cli("list")
    asked = [call for call in archive.log if not call.startswith("aliases")]
    assert asked == ["running_anywhere", "endings", "red_alarms", "snapshot", "snapshot"]
    assert sum(call.startswith("aliases") for call in archive.log) == 5


def test_a_rollout_that_was_just_taken_back_is_no_green_row(cli: Run, archive: Archive) -> None:
    fleet(archive)
    stopped = deployment("Stopped", error_code="ALARM_ACTIVE", error_message="<billing-5xx>")
    back = deployment("Succeeded", id="d-2", rolls_back="d-1", completed=NOW - MINUTE)
    back = replace(back, function="billing", alias="live", target_version=7)
    archive.ended = Endings((Ending(back, stopped),), "4 more have not been looked into yet")
    ran = cli("list")
    assert [line.split()[1:4] for line in ran.out.splitlines()[3:5]] == [
        ["ALARM", "auth:live", "v3"],
        ["ROLLED", "BACK", "billing:live"],
    ]
    assert "back on v7: alarm billing-5xx" in ran.out
    assert ran.err.splitlines()[-2:] == [
        "5 functions  3 not at rest  2 with a red alarm",
        "not read: deployments that ended: 4 more have not been looked into yet",
    ]
    assert sum(call == "snapshot" for call in archive.log) == 2, "it costs no closer look"


def test_all_has_those_without_an_alias_too(cli: Run, archive: Archive) -> None:
    fleet(archive)
    ran = cli("list", "--all", "-o", "name")
    assert ran.out.splitlines()[-1] == "old"
    assert "old" not in cli("list", "-o", "name").out.splitlines()


def test_an_alias_that_is_asked_for_is_a_filter(cli: Run, archive: Archive) -> None:
    fleet(archive)
    archive.fleet["auth"] = (of("auth", "beta", Routing(2)), of("auth", "live", Routing(3)))
    assert "auth:beta" in cli("list", "-o", "name").out
    assert "auth:beta" not in cli("list", "-a", "live", "-o", "name").out
    assert cli("list", "-a", "beta", "-o", "name").out == "auth:beta\n"


def test_what_was_not_read_comes_before_what_goes_well(cli: Run, archive: Archive) -> None:
    fleet(archive)
    archive.denied["billing"] = PermissionDenied(
        "no permission: lambda:ListAliases on function billing", action="lambda:ListAliases"
    )
    archive.fail("red_alarms", LambdactlError("CloudWatch did not answer"))
    ran = cli("list", "-o", "json")
    *failing, unread, auth = json.loads(ran.out)["data"]
    assert [m["state"] for m in failing] == ["FAILING", "FAILING"]
    assert (unread["function"], unread["state"], unread["alias"]) == ("billing", None, None)
    assert "lambda:ListAliases" in unread["unread"]
    assert auth["state"] == "STABLE"
    assert "not read: alarms: CloudWatch did not answer" in ran.err


def test_aliases(cli: Run, archive: Archive) -> None:
    archive.others = [replace(of("checkout", "beta", Routing(40)), description="for \x1b[31m us")]
    ran = cli("aliases", "-f", "checkout")
    assert ran.out == (
        "ALIAS  ROUTING    REVISION   DESCRIPTION\n"
        "live   v41 100 %  rev-0\n"
        "beta   v40 100 %  5f1c0000…  for \\x1b[31m us\n"
    )
    assert archive.log == ["aliases"]
    data = json.loads(cli("aliases", "-f", "checkout", "-o", "json").out)
    assert (data["kind"], data["data"][1]["routing"]["stable"]) == ("Aliases", 40)


def past(archive: Archive) -> None:
    archive.versions[42] = version(42, published=NOW - 30 * MINUTE, description="2.8.0")
    archive.deploy(deployment("Succeeded", completed=NOW - MINUTE))
    archive.alarms = (Alarm("checkout-5xx", "OK", NOW - 2 * MINUTE),)
    archive.changed = [
        AlarmChange(NOW - 2 * MINUTE, "checkout-5xx", "ALARM", "OK", "back"),
        AlarmChange(NOW - 3 * MINUTE, "checkout-5xx", "OK", "ALARM", "6 > 1"),
        AlarmChange(NOW - 4 * MINUTE, "checkout-5xx", None, None, "unreadable"),
    ]
    archive.stack = "shop"
    archive.stacked = [
        StackEvent(
            "1", NOW - 6 * MINUTE, "shop", None, STACK_TYPE, "UPDATE_IN_PROGRESS", None, None
        )
    ]


def test_events_newest_first_each_once(cli: Run, archive: Archive) -> None:
    past(archive)
    ran = cli("events", *LIVE, "--since", "1h")
    assert ran.out == (
        "TIME (UTC)              KIND     WHAT\n"
        "2026-11-20 13:59:00  ✔  deploy   d-1 Succeeded\n"
        "2026-11-20 13:58:00  ✔  alarm    checkout-5xx ALARM → OK\n"
        "2026-11-20 13:57:00  ✖  alarm    checkout-5xx OK → ALARM  6 > 1\n"
        "2026-11-20 13:55:00  ·  deploy   d-1 created by CloudFormation  v41 → v42"
        "  CodeDeployDefault.LambdaCanary10Percent5Minutes\n"
        "2026-11-20 13:54:00  ●  stack    UPDATE_IN_PROGRESS  shop  AWS::CloudFormation::Stack\n"
        '2026-11-20 13:30:00  ·  version  v42 published  sha sha42  1000 B  "2.8.0"\n'
    )


def test_events_since(cli: Run, archive: Archive) -> None:
    past(archive)
    assert len(cli("events", *LIVE, "--since", "150s", "-o", "jsonl").out.splitlines()) == 2
    assert cli("events", *LIVE, "--since", "soon").code == 2


def test_a_past_that_cannot_be_read_is_told_as_that(cli: Run, archive: Archive) -> None:
    past(archive)
    archive.fail("stack_events", LambdactlError("CloudFormation did not answer"))
    ran = cli("events", *LIVE, "-o", "jsonl")
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.code == 0, ran.err
    assert [r["text"] for r in rows if r["event"] == "PartUnread"] == [
        "stack events: CloudFormation did not answer"
    ]


def different(archive: Archive) -> None:
    archive.settings = {
        42: {
            "version": {"code_size": 2048, "memory_mb": 256},
            "environment": {"TOKEN": "other seal", "NEW": "seal"},
        }
    }


def test_diff(cli: Run, archive: Archive) -> None:
    different(archive)
    ran = cli("diff", "41", "v42", "-f", "checkout")
    assert ran.out == (
        "CHANGE           NAME        v41     v42\n"
        "~ code           CodeSha256  sha41   sha42\n"
        "~ code           CodeSize    1000 B  2.0 KB\n"
        "~ configuration  MemorySize  128 MB  256 MB\n"
        "+ environment    NEW         -       •••\n"
        "~ environment    TOKEN       •••     •••\n"
    )
    assert archive.log == ["configuration 41", "configuration 42"]


def test_diff_as_json_has_null_for_what_is_masked(cli: Run, archive: Archive) -> None:
    different(archive)
    ran = cli("diff", "41", "42", "-f", "checkout", "-o", "json")
    rows = {d["name"]: d for d in json.loads(ran.out)["data"]["differences"]}
    assert rows["TOKEN"] == {
        "area": "environment",
        "name": "TOKEN",
        "change": "changed",
        "before": None,
        "after": None,
        "masked": True,
    }
    assert "seal" not in ran.out


@pytest.mark.parametrize(("words", "code"), [(("41", "x"), 2), (("41",), 2), (("41", "99"), 9)])
def test_diff_of_what_is_none(
    cli: Run, archive: Archive, words: tuple[str, ...], code: int
) -> None:
    assert cli("diff", *words, "-f", "checkout").code == code


def logged(archive: Archive) -> None:
    archive.logged = [
        [
            said(1, "START RequestId: a Version: 42", ago_s=50),
            said(2, "[ERROR] order 17 \x1b[2J failed", ago_s=40),
            said(3, "[ERROR] order 18 \x1b[2J failed", ago_s=30),
        ]
    ]


def test_logs_of_the_canary(cli: Run, archive: Archive) -> None:
    archive.route(Routing(41, 42, 10.0))
    logged(archive)
    ran = cli("logs", *LIVE)
    assert ran.out == (
        "13:59:10 5f1c2a START RequestId: a Version: 42\n"
        "13:59:20 5f1c2a [ERROR] order 17 \\x1b[2J failed\n"
        "13:59:30 5f1c2a [ERROR] order 18 \\x1b[2J failed\n"
    )
    assert ran.err.splitlines()[-1] == "Logs     v42 in /aws/lambda/checkout"
    assert archive.log == ["aliases", "log_group 42", "log_lines 42"]


def test_a_tab_is_space_and_all_else_that_steers_is_spelled(cli: Run, archive: Archive) -> None:
    line = "REPORT RequestId: a\tDuration: 3.1 ms\x07\tMemory Size: 128 MB\t"
    archive.logged = [[said(1, line, ago_s=50), said(2, "ERROR\tno\x1b[2J\tluck", ago_s=40)]]
    assert cli("logs", *LIVE).out == (
        "13:59:10 5f1c2a REPORT RequestId: a  Duration: 3.1 ms\\x07  Memory Size: 128 MB\n"
        "13:59:20 5f1c2a ERROR  no\\x1b[2J  luck\n"
    )
    assert cli("logs", *LIVE, "--errors").out.endswith("  ERROR no\\x1b[<n>J luck\n")
    told = json.loads(cli("logs", *LIVE, "-o", "json").out)["data"]
    assert told[0]["message"] == line


def test_logs_of_the_stable_version_or_of_the_one_that_is_named(cli: Run, archive: Archive) -> None:
    cli("logs", *LIVE)
    assert archive.log == ["aliases", "log_group 41", "log_lines 41"]
    archive.log.clear()
    ran = cli("logs", "-f", "checkout", "--version", "v40")
    assert archive.log == ["log_group 40", "log_lines 40"]
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines()[-1] == "v40 logged nothing since 2026-11-20 13:45:00 UTC"


def test_errors_in_groups(cli: Run, archive: Archive) -> None:
    logged(archive)
    assert cli("logs", *LIVE, "--errors").out == (
        "COUNT  FIRST (UTC)          LAST (UTC)           ERROR\n"
        "    2  2026-11-20 13:59:20  2026-11-20 13:59:30  [ERROR] order <n> \\x1b[<n>J failed\n"
    )
    (group,) = json.loads(cli("logs", *LIVE, "--errors", "-o", "json").out)["data"]
    assert (group["count"], group["first"]) == (2, "2026-11-20T13:59:20Z")


def test_following_tells_what_comes(cli: Run, archive: Archive) -> None:
    first, late = said(1, "one", ago_s=50), said(2, "[ERROR] two", ago_s=45)
    archive.logged = [[first], [first, late]]
    archive.steps.append(lambda _: None)

    def ending(_: Any) -> None:
        raise KeyboardInterrupt

    archive.steps.append(ending)
    ran = cli("logs", *LIVE, "-F")
    assert ran.out == "13:59:10 5f1c2a one\n13:59:15 5f1c2a [ERROR] two\n"
    assert (ran.code, ran.err.splitlines()[-1]) == (
        130,
        "interrupted: nothing was changed by this command",
    )


def test_following_as_records_until_the_timeout(cli: Run, archive: Archive) -> None:
    logged(archive)
    ran = cli("logs", *LIVE, "-F", "--errors", "-o", "jsonl", "--timeout", "0")
    assert [json.loads(x)["error"] for x in ran.out.splitlines()] == [True, True]
    assert "\x1b" not in ran.out


def test_what_has_no_end_is_not_one_document(cli: Run, archive: Archive) -> None:
    ran = cli("logs", *LIVE, "-F", "-o", "json")
    assert ran.code == 2
    assert "lambdactl logs -F -o jsonl" in json.loads(ran.err.splitlines()[-1])["error"]["hint"]


def test_keys_are_those_of_the_console(cli: Run) -> None:
    ran = cli("keys", "-o", "json")
    rows = json.loads(ran.out)
    abort = next(r for r in rows if r["action"] == "abort")
    assert (abort["key"], abort["screen"], abort["writes"]) == ("a", "rollout", True)
    assert len(cli("keys").out.splitlines()) == len(rows) + 1
