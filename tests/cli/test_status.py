"""status and versions: text, JSON, --watch in a pipe and on a terminal, exit codes as answers."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from lambdactl.errors import Unreachable
from lambdactl.model import Alarm, LifecycleEvent, Routing
from tests.cli.conftest import Run
from tests.cli.shop import Shop, measured
from tests.ops.account import Account
from tests.plan.samples import NOW, deployment

LIVE = ("-f", "checkout:live")
TARGET = """\
Target   checkout:live  123456789012  eu-west-1
         function ← -f   alias ← -f
"""
ALARM = Alarm("checkout-5xx", "ALARM", NOW - timedelta(seconds=40), "6.3 was greater than 1.0")
EVENTS = (
    LifecycleEvent(
        "BeforeAllowTraffic",
        "Succeeded",
        NOW - timedelta(seconds=270),
        NOW - timedelta(seconds=258),
    ),
    LifecycleEvent("AllowTraffic", "InProgress", NOW - timedelta(seconds=257)),
    LifecycleEvent("AfterAllowTraffic", "Pending"),
)


def test_at_rest(cli: Run, shop: Shop) -> None:
    said = cli("status", *LIVE)
    assert said.out == (
        "✔ STABLE  v41 has all traffic\n"
        "traffic    set v41 100 %\n"
        "driver     nobody\n"
        "age        alias 0s\n"
    )
    assert said.err == TARGET
    assert said.code == 0


def canary(shop: Shop) -> None:
    shop.route(Routing(41, 42, 10.0))
    shop.deploy(deployment("InProgress", events=EVENTS))
    shop.metrics = measured(v41=((90, 1),) * 9, v42=((0, 0),) * 5 + ((10, 0),) * 3 + ((10, 1),))


def test_a_canary_under_way(cli: Run, shop: Shop) -> None:
    canary(shop)
    shop.alarms = (ALARM,)
    assert cli("status", *LIVE).out == (
        "✖ FAILING  alarm checkout-5xx is in ALARM\n"
        "advice     abort\n"
        "evidence   that it is worse: 0.5, FAIL needs 20\n"
        "           that it is not twice as bad: 1.3, PASS needs 20\n"
        "           its odds of failing: 0 to 44.5 times the stable version's\n"
        "traffic    set v41 90 %  v42 10 %   measured 90.0 % / 10.0 % of 400 calls since 13:56:00\n"
        "driver     CodeDeploy d-1, begun by CloudFormation\n"
        "deployment ● d-1 InProgress  v41 → v42"
        "  CodeDeployDefault.LambdaCanary10Percent5Minutes  by CloudFormation\n"
        "           ✔  BeforeAllowTraffic  Succeeded   13:55:30  12s\n"
        "           ●  AllowTraffic        InProgress  13:55:43  4m17s\n"
        "           ○  AfterAllowTraffic   Pending\n"
        "           VERSION  ROLE    CALLS  ERRORS    RATE  THROTTLES    P95  LAST 30M\n"
        "           v41      stable    810       9  1.11 %          0  12 ms\n"
        "           v42      canary     40       1  2.50 %          0  12 ms\n"
        "alarms     ✖  checkout-5xx  ALARM  for 40s  6.3 was greater than 1.0\n"
        "age        alias 0s · alarms 0s · metrics 0s, measured until 14:00:00 (0s ago)\n"
    )


def test_ascii(cli: Run, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    canary(shop)
    monkeypatch.setenv("LAMBDACTL_ASCII", "1")
    assert "[>>] AllowTraffic" in cli("status", *LIVE).out.replace("]  ", "] ")


def test_colour_says_nothing_that_the_words_do_not(cli: Run, shop: Shop) -> None:
    import re

    canary(shop)
    plain = cli("status", *LIVE, "--color", "never").out
    coloured = cli("status", *LIVE, "--color", "always").out
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
    ],
)
def test_colour_by_the_environment(
    cli: Run,
    shop: Shop,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    coloured: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in cli("status", *LIVE).out) is coloured


def test_json(cli: Run, shop: Shop) -> None:
    canary(shop)
    told = json.loads(cli("status", *LIVE, "-o", "json").out)
    assert told["kind"] == "Rollout"
    assert told["context"] == {
        "account_id": "123456789012",
        "region": "eu-west-1",
        "partition": "aws",
        "endpoint": None,
        "function": "checkout",
        "alias": "live",
    }
    data = told["data"]
    assert data["state"] == "SHIFTING"
    assert data["alias"]["routing"]["canary_weight_percent"] == 10.0
    assert data["deployment"]["lifecycle_events"][1]["started"] == "2026-11-20T13:55:43Z"
    assert data["versions"][1]["error_rate_percent"] == 2.5
    assert data["versions"][1]["minutes"][0] == {
        "start": "2026-11-20T13:51:00Z",
        "calls": 0,
        "errors": 0,
        "error_rate_percent": None,
        "throttles": 0.0,
        "p95_ms": 12.0,
    }
    assert data["progress"] is None
    assert (data["driver"]["kind"], data["driver"]["name"]) == ("codedeploy", "d-1")
    assert data["gates"] == []
    assert data["age_seconds"] == {
        "snapshot": 0.0,
        "alarms": None,
        "metrics": 0.0,
        "measured_until": "2026-11-20T14:00:00Z",
        "measured": 0.0,
    }


GATES = """\
function = "checkout"
alias = "live"
[gate]
max_error_rate_percent = 1.0
max_error_ratio = 3
min_calls = 30
"""


def test_the_gates_of_the_projects_file_are_told(
    cli: Run, shop: Shop, working_directory: Path
) -> None:
    canary(shop)
    shop.metrics = measured(v41=((90, 9),) * 9, v42=((10, 2),) * 9)
    (working_directory / "lambdactl.toml").write_text(GATES)
    said = cli("status")
    assert (
        "gates      ✖ max_error_rate_percent: 20.00 % of 30 calls, limit 1 %\n"
        "           ✔ max_error_ratio: 2 times, limit 3 times\n"
        "           ✔ min_calls: 30 of 30 calls\n"
    ) in said.out
    gates = json.loads(cli("status", "-o", "json").out)["data"]["gates"]
    assert [(g["name"], g["value"], g["limit"], g["met"]) for g in gates] == [
        ("max_error_rate_percent", 20.0, 1.0, False),
        ("max_error_ratio", 2.0, 3, True),
        ("min_calls", 30, 30, True),
    ]


@pytest.mark.parametrize("target", ["billing:live", "checkout:beta"])
def test_the_gates_of_one_alias_say_nothing_of_another(
    cli: Run, shop: Shop, working_directory: Path, target: str
) -> None:
    canary(shop)
    (working_directory / "lambdactl.toml").write_text(GATES)
    assert "gates" not in cli("status", "-f", target).out


def test_at_rest_there_is_no_canary_to_be_held_to_a_gate(
    cli: Run, shop: Shop, working_directory: Path
) -> None:
    (working_directory / "lambdactl.toml").write_text(GATES)
    assert "gates" not in cli("status").out
    gates = json.loads(cli("status", "-o", "json").out)["data"]["gates"]
    assert {g["met"] for g in gates} == {None}


def test_a_limit_below_zero_is_refused(cli: Run, shop: Shop, working_directory: Path) -> None:
    (working_directory / "lambdactl.toml").write_text("[gate]\nmax_p95_ratio = -1\n")
    said = cli("status", *LIVE)
    assert said.code == 2
    assert "error: ./lambdactl.toml: gate.max_p95_ratio -1 is below 0" in said.err


def test_a_missing_alias_is_a_state_and_with_exit_status_an_error(cli: Run, shop: Shop) -> None:
    assert cli("status", "-f", "checkout:nope").out.startswith("■ NO ALIAS")
    assert cli("status", "-f", "checkout:nope", "--exit-status").code == 9


def test_an_unknown_function_is_not_found(cli: Run, shop: Shop) -> None:
    assert cli("status", "-f", "nosuch:live").code == 9


@pytest.mark.parametrize(
    ("status", "code"), [("InProgress", 8), ("Succeeded", 0), ("Failed", 6), ("Stopped", 6)]
)
def test_exit_status(cli: Run, shop: Shop, status: str, code: int) -> None:
    shop.deploy(deployment(status, target_version=41, current_version=40, completed=NOW))
    assert cli("status", *LIVE).code == 0
    assert cli("status", *LIVE, "--exit-status").code == code


def ends(status: str, routing: Routing) -> object:
    def step(account: Account) -> None:
        account.deploy(deployment(status, completed=NOW, events=EVENTS))
        account.route(routing)

    return step


def test_watch_in_a_pipe_prints_a_line_for_each_change(cli: Run, shop: Shop) -> None:
    canary(shop)
    shop.metrics = None
    shop.steps.append(ends("Succeeded", Routing(42)))  # type: ignore[arg-type]
    said = cli("status", *LIVE, "--watch")
    assert said.out.splitlines()[-3:] == [
        "14:00:00 ● weight   v42 10 % → 100 %  by CodeDeploy  rev rev-0++",
        "14:00:00 ✔ deploy   d-1 Succeeded",
        "14:00:00 ✔ rollout  d-1 succeeded: checkout:live is at v42 100 %",
    ]
    assert said.code == 0


def test_watch_ends_with_6_when_the_rollout_failed(cli: Run, shop: Shop) -> None:
    canary(shop)
    shop.steps.append(ends("Failed", Routing(41)))  # type: ignore[arg-type]
    said = cli("status", *LIVE, "--watch")
    assert said.code == 6
    assert said.err.splitlines()[2].startswith("error: the rollout of checkout:live failed;")


def test_watch_gives_up_after_the_timeout(cli: Run, shop: Shop) -> None:
    canary(shop)
    assert cli("status", *LIVE, "--watch", "--timeout", "1m").code == 7
    assert sum(shop.slept) == 60.0


def test_watch_of_nothing_answers_at_once(cli: Run, shop: Shop) -> None:
    assert cli("status", *LIVE, "--watch").code == 0
    assert shop.slept == []


def test_watch_as_jsonl_is_one_document_a_line(cli: Run, shop: Shop) -> None:
    canary(shop)
    shop.steps.append(ends("Succeeded", Routing(42)))  # type: ignore[arg-type]
    said = cli("status", *LIVE, "--watch", "-o", "jsonl")
    told = [json.loads(line)["event"] for line in said.out.splitlines()]
    assert told[-1] == "RolloutEnded"


def test_watch_on_a_terminal_draws_in_place(
    cli: Run, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary(shop)
    shop.steps.append(ends("Succeeded", Routing(42)))  # type: ignore[arg-type]
    monkeypatch.setattr("lambdactl.cli.terminal._is_terminal", lambda _: True)
    said = cli("status", *LIVE, "--watch", "--color", "never")
    assert "rollout  d-1 succeeded" in said.out
    assert said.code == 0


def test_versions(cli: Run, shop: Shop) -> None:
    shop.route(Routing(41, 42, 10.0))
    said = cli("versions", "-f", "checkout")
    assert said.out.splitlines()[:3] == [
        "VERSION  PUBLISHED              SIZE  ROUTED BY  SHA256  DESCRIPTION",
        "v42      2026-11-10 14:00:00  1000 B  live 10 %  sha42",
        "v41      2026-11-10 14:00:00  1000 B  live 90 %  sha41",
    ]


def test_versions_as_json(cli: Run, shop: Shop) -> None:
    told = json.loads(cli("versions", "-f", "checkout", "-o", "json", "-q").out)
    assert told["kind"] == "Versions"
    assert [v["version"] for v in told["data"]] == [42, 41, 40, 39, 38]
    assert told["data"][1]["routed_by"] == [{"alias": "live", "weight_percent": 100.0}]


def test_no_version_is_said_on_stderr(cli: Run, shop: Shop) -> None:
    shop.versions.clear()
    said = cli("versions", "-f", "checkout")
    assert said.out == ""
    assert said.err.endswith("checkout has no published version\n")


def test_an_outage_is_told_once_and_not_at_every_look(cli: Run, shop: Shop) -> None:
    canary(shop)
    away = [Unreachable("endpoint does not answer") for _ in range(4)]
    shop.fail("snapshot", *away)
    shop.steps.extend([lambda _: None] * 5)
    shop.steps.append(lambda account: account.route(Routing(42)))
    shop.steps.append(lambda account: account.deploy(deployment("Succeeded", completed=NOW)))
    said = cli("status", *LIVE, "--watch", "--timeout", "10m")
    assert said.code == 0, said.err
    assert said.out.count("endpoint does not answer") == 1
