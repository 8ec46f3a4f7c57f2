"""plan, deployments and alarms: whole outputs, JSON, and the ways in which they end badly."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from lambdactl.errors import NotFound, PermissionDenied
from lambdactl.model import (
    Alarm,
    Deployment,
    DeploymentConfig,
    DeploymentGroup,
    LifecycleEvent,
    Metrics,
    Minute,
    Routing,
    Series,
    Snapshot,
    Target,
    Unread,
)
from lambdactl.model_history import AlarmChange, AlarmRule, Bucket, Metric, Traffic
from tests.cli.conftest import Run
from tests.cli.shop import Shop, measured
from tests.plan.samples import NOW, deployment

LIVE = ("-f", "checkout:live", "-q")
CANARY = DeploymentConfig(
    "CodeDeployDefault.LambdaCanary10Percent5Minutes", "TimeBasedCanary", 10.0, 5
)
GROUP = DeploymentGroup("app", "group", CANARY.name, ("checkout-5xx",), True)
ALARM = Alarm(
    "checkout-5xx",
    "OK",
    NOW - timedelta(hours=2),
    "1 datapoint was not greater",
    0.0,
    "GreaterThanThreshold",
    "Errors > 0 for 1 of 1 x 60 s",
)
BEGUN = NOW - timedelta(days=2)
EVENTS = (
    LifecycleEvent("BeforeAllowTraffic", "Succeeded", BEGUN, BEGUN + timedelta(seconds=12)),
    LifecycleEvent("AllowTraffic", "Failed", BEGUN, BEGUN + timedelta(minutes=3), "alarm"),
    LifecycleEvent("AfterAllowTraffic", "Skipped"),
)
STOPPED = replace(
    deployment("Stopped"),
    created=BEGUN,
    completed=BEGUN + timedelta(minutes=3),
    error_code="ALARM_ACTIVE",
    error_message="alarm checkout-5xx",
    rolled_back_by="d-2",
    events=EVENTS,
)
BACK = replace(
    deployment("Succeeded"),
    id="d-2",
    created=BEGUN + timedelta(minutes=3),
    completed=BEGUN + timedelta(minutes=4),
    rolls_back="d-1",
    config_name="CodeDeployDefault.LambdaAllAtOnce",
    creator="codeDeployRollback",
    current_version=42,
    target_version=41,
)
Answers = Callable[..., None]


@pytest.fixture
def answers(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Answers:
    """``answers(traffic=week)``: what the account says; an exception is raised."""

    def says(**told: Any) -> None:
        for name, value in told.items():

            def method(*_: Any, _value: Any = value, **__: Any) -> Any:
                if isinstance(_value, Exception):
                    raise _value
                return _value

            monkeypatch.setattr(shop, name, method, raising=False)

    plain = shop.snapshot

    def snapshot(target: Target, **wanted: Any) -> Snapshot:
        return replace(plain(target, **wanted), group=GROUP, config=CANARY)

    monkeypatch.setattr(shop, "snapshot", snapshot)
    says(config=CANARY, rollouts=(BACK, STOPPED), rollout=STOPPED)
    return says


def week(calls: float, errors: float) -> Traffic:
    """Calls and errors of every five minutes."""
    buckets = (Bucket(NOW - timedelta(minutes=5 * n), calls, errors) for n in range(2016))
    return Traffic(NOW - timedelta(days=7), NOW, 300, tuple(buckets))


def test_plan_says_what_this_preset_sees_and_which_one_would(cli: Run, answers: Answers) -> None:
    answers(traffic=week(3000, 3))
    said = cli("plan", *LIVE)
    lines = said.out.splitlines()
    assert lines[0] == (
        "Traffic  600 calls/min in the median of the past 7d (600 to 600);"
        " 6,048 of 6,048,000 failed (0.1 %)"
    )
    assert lines[1].startswith("Forecast x3 of 0.1 %: Canary10Percent5Minutes would see it ")
    assert "Linear10PercentEvery10Minutes would see it 9" in lines[1]
    assert lines[2] == (
        "         Canary10Percent5Minutes sends 300 calls to the canary before 100 %:"
        " with none of them failed it cannot exclude a 1 % error rate"
    )
    assert lines[3].startswith("         it sees a canary that fails ")
    assert lines[4].split() == ["PRESET", "TAKES", "CANARY", "CALLS", "SEES", "IT"]
    assert len(lines) == 5 + 9
    assert (said.code, said.err) == (0, "")


def test_plan_of_another_preset_and_rate_as_json(cli: Run, answers: Answers) -> None:
    answers(traffic=week(3000, 0))
    said = cli(
        "plan",
        *LIVE,
        "--preset",
        "Linear10PercentEvery10Minutes",
        "--rate",
        "0.1%",
        "--times",
        "10",
        "-o",
        "json",
    )
    told = json.loads(said.out)
    assert told["kind"] == "Outlook"
    data = told["data"]
    assert data["chosen"]["config"] == "CodeDeployDefault.LambdaLinear10PercentEvery10Minutes"
    assert data["chosen"]["seen_percent"] > 95.0
    assert (data["times"], data["stable_error_rate_percent"]) == (10.0, 0.1)
    assert len(data["others"]) == 8


@pytest.mark.parametrize(
    ("traffic", "why"),
    [
        (week(0, 0), "no calls in the past week"),
        (
            PermissionDenied("denied", action="cloudwatch:GetMetricData"),
            "the past week could not be read: no permission: cloudwatch:GetMetricData",
        ),
    ],
)
def test_plan_without_a_week_is_unknown(
    cli: Run, answers: Answers, traffic: object, why: str
) -> None:
    answers(traffic=traffic)
    said = cli("plan", *LIVE)
    assert said.out.splitlines()[1] == f"Forecast what this rollout can see is unknown: {why}"
    assert json.loads(cli("plan", *LIVE, "-o", "json").out)["data"]["chosen"] is None


@pytest.mark.parametrize(
    "words",
    [("--times", "1"), ("--times", "0.5"), ("--rate", "0.1"), ("--rate", "much"), ("--rate", "0")],
)
def test_plan_refuses_what_can_be_read_two_ways(
    cli: Run, answers: Answers, words: tuple[str, ...]
) -> None:
    said = cli("plan", *LIVE, *words)
    assert said.code == 2
    assert said.err.startswith(f"error: {words[0]} ")


def test_plan_of_a_config_that_does_not_exist(cli: Run, answers: Answers) -> None:
    answers(config=NotFound("deployment config Mine was not found"))
    assert cli("plan", *LIVE, "--preset", "Mine").code == 9


def test_deployments_with_how_each_ended_and_why(cli: Run, answers: Answers) -> None:
    said = cli("deployments", *LIVE)
    assert said.out == (
        "   DEPLOYMENT  STATUS     VERSIONS   BEGAN                TOOK  CONFIG"
        "                   HOW IT ENDED\n"
        "✔  d-2         Succeeded  v42 → v41  2026-11-18 14:03:00    1m  AllAtOnce"
        "                rolls back d-1; v41 has all traffic\n"
        "↩  d-1         Stopped    v41 → v42  2026-11-18 14:00:00    3m  Canary10Percent5Minutes"
        "  ALARM_ACTIVE: alarm checkout-5xx; rolled back by d-2\n"
    )
    assert cli("deployments", "list", *LIVE).out == said.out
    assert cli(*LIVE, "deployments").out == said.out
    assert cli("deployments", *LIVE, "-o", "name").out == "d-2\nd-1\n"


def test_no_deployment_is_said_on_stderr(cli: Run, answers: Answers) -> None:
    answers(rollouts=())
    said = cli("deployments", "-f", "checkout:live")
    assert (said.code, said.out) == (0, "")
    assert said.err.endswith("no deployment of checkout:live was found\n")


def test_one_deployment_with_its_lifecycle(cli: Run, answers: Answers) -> None:
    assert cli("deployments", "show", "d-1", *LIVE).out == (
        "↩ d-1 Stopped  v41 → v42  CodeDeployDefault.LambdaCanary10Percent5Minutes\n"
        "began      2026-11-18 14:00:00 by CloudFormation\n"
        "took       3m\n"
        "ended      ALARM_ACTIVE: alarm checkout-5xx; rolled back by d-2\n"
        "           ✔  BeforeAllowTraffic  Succeeded  2026-11-18 14:00:00  12s\n"
        "           ✖  AllowTraffic        Failed     2026-11-18 14:00:00  3m   alarm\n"
        "           ·  AfterAllowTraffic   Skipped    -                    -\n"
    )


def test_an_unknown_deployment(cli: Run, answers: Answers) -> None:
    answers(rollout=NotFound("deployment d-9 was not found"))
    assert cli("deployments", "show", "d-9", *LIVE).code == 9


def past(canary: tuple[float | None, float | None]) -> Metrics:
    since = BEGUN - timedelta(minutes=30)

    def series(version: int, rows: list[tuple[float | None, float | None]]) -> Series:
        minutes = (Minute(since + timedelta(minutes=n), c, e) for n, (c, e) in enumerate(rows))
        return Series(version, tuple(minutes))

    old: list[tuple[float | None, float | None]] = [(900.0, 9.0)] * 33
    new = [(None, None)] * 30 + [canary] * 3
    return Metrics(NOW, 33 * 60, {41: series(41, old), 42: series(42, new)})


def test_the_judge_afterwards_with_the_damage(cli: Run, answers: Answers) -> None:
    answers(past_metrics=past((100.0, 21.0)))
    lines = cli("deployments", "show", "d-1", "--judge", *LIVE).out.splitlines()[-3:]
    assert lines[0] == ("verdict    ✖ FAIL  canary 21.00 % (63/300) vs stable 1.00 % (27/2,700)")
    assert lines[1].startswith("evidence   ")
    assert lines[2].startswith(
        "damage     about 60 failed calls above the stable version's rate (95 %: "
    )
    assert "; each further minute costs about 20 (95 %: " in lines[2]


def test_the_judge_with_a_margin_as_json(cli: Run, answers: Answers) -> None:
    answers(past_metrics=past((900.0, 9.0)))
    words = ("deployments", "show", "d-1", "--judge", *LIVE, "-o", "json")
    wide = json.loads(cli(*words, "--margin", "10").out)["data"]["judged"]
    narrow = json.loads(cli(*words, "--margin", "1.2").out)["data"]["judged"]
    assert wide["verdict"]["answer"] == "PASS"
    assert narrow["verdict"]["answer"] == "INCONCLUSIVE"
    assert wide["damage"]["failed_calls"] == 0.0
    assert wide["period_seconds"] == 60


def test_data_that_has_gone_is_not_measured(cli: Run, answers: Answers) -> None:
    answers(past_metrics=past((None, None)))
    lines = cli("deployments", "show", "d-1", "--judge", *LIVE).out.splitlines()[-3:]
    assert lines[0] == "verdict    ? NOT MEASURED"
    assert lines[1].startswith("note       CloudWatch holds no call of the canary")
    assert lines[2].startswith("damage     unknown")


@pytest.mark.parametrize(
    "words", [("--margin", "1.5"), ("--judge", "--margin", "1"), ("--judge", "--margin", "nan")]
)
def test_a_margin_that_cannot_be(cli: Run, answers: Answers, words: tuple[str, ...]) -> None:
    assert cli("deployments", "show", "d-1", *words, *LIVE).code == 2


def test_alarms_with_their_history(cli: Run, shop: Shop, answers: Answers) -> None:
    shop.alarms = (ALARM,)
    red = AlarmChange(NOW - timedelta(hours=3), ALARM.name, "OK", "ALARM", "went red")
    green = AlarmChange(NOW - timedelta(hours=2), ALARM.name, "ALARM", "OK", "went green")
    answers(alarm_changes=(red, green))
    assert cli("alarms", *LIVE).out == (
        "   ALARM         STATE  SINCE                FOR  THRESHOLD  RULE\n"
        "✔  checkout-5xx  OK     2026-11-20 12:00:00   2h          0"
        "  Errors > 0 for 1 of 1 x 60 s\n"
        "\n"
        "AT                   ALARM         WAS       BECAME\n"
        "2026-11-20 12:00:00  checkout-5xx  ALARM  →  OK\n"
        "2026-11-20 11:00:00  checkout-5xx  OK     →  ALARM\n"
    )
    told = json.loads(cli("alarms", *LIVE, "-o", "json").out)["data"]
    assert [c["became"] for c in told["history"]] == ["OK", "ALARM"]
    assert told["alarms"][0]["threshold"] == 0.0


def test_a_group_without_alarms_is_not_a_quiet_one(cli: Run, shop: Shop, answers: Answers) -> None:
    said = cli("alarms", *LIVE)
    assert said.code == 9
    assert "names no alarm: nothing but a person stops a bad canary" in said.err
    assert cli("alarms", "audit", *LIVE).code == 9


@pytest.mark.parametrize(
    ("part", "reason", "code"),
    [
        ("alarms", "no permission: cloudwatch:DescribeAlarms", 13),
        ("group", "no permission: codedeploy:GetDeploymentGroup", 13),
        ("deployment", "CodeDeploy failed", 1),
    ],
)
def test_alarms_that_could_not_be_read_are_no_empty_list(
    cli: Run,
    shop: Shop,
    answers: Answers,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    reason: str,
    code: int,
) -> None:
    plain = shop.snapshot

    def snapshot(target: Target, **wanted: Any) -> Snapshot:
        return replace(plain(target, **wanted), unread=(Unread(part, reason),))

    monkeypatch.setattr(shop, "snapshot", snapshot)
    said = cli("alarms", *LIVE)
    assert said.code == code
    assert f"why: {reason}" in said.err


def errors(version: int) -> Metric:
    dimensions = (
        ("FunctionName", "checkout"),
        ("Resource", "checkout:live"),
        ("ExecutedVersion", str(version)),
    )
    return Metric("AWS/Lambda", "Errors", dimensions, "Sum", 60)


def rule(version: int, expression: str | None = None) -> AlarmRule:
    return AlarmRule(
        alarm=ALARM,
        comparison="GreaterThanThreshold",
        threshold=0.0,
        periods=1,
        to_alarm=1,
        treat_missing="notBreaching",
        period_s=60,
        metrics={"m": errors(version)},
        expressions={"x": expression} if expression else {},
        returned="x" if expression else "m",
    )


def served(answers: Answers, monkeypatch: pytest.MonkeyPatch, shop: Shop, failed: float) -> None:
    """A day in which version 41 had 100 calls a minute, ``failed`` of which failed."""
    since = NOW.replace(minute=0, second=0) - timedelta(days=1)
    minutes = [since + timedelta(minutes=n) for n in range(24 * 60)]
    values = {"Invocations": 100.0, "Errors": failed, "Throttles": 0.0}

    def readings(wanted: Any, *_: Any) -> dict[Metric, dict[datetime, float]]:
        return {
            m: dict.fromkeys(minutes, values[m.name])
            if m.dimension("ExecutedVersion") == "41"
            else {}
            for m in wanted
        }

    shop.alarms = (ALARM,)
    monkeypatch.setattr(shop, "readings", readings, raising=False)
    answers(versions_called=frozenset({41}))


def test_an_audit_of_an_alarm_that_rolls_back_good_code(
    cli: Run, shop: Shop, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(answers, monkeypatch, shop, 20.0)
    answers(alarm_rules=(rule(41),))
    assert cli("alarms", "audit", "--days", "1", *LIVE).out == (
        "✖ checkout-5xx  Errors > 0 for 1 of 1 x 60 s\n"
        "  a good canary would have been rolled back in 24 of 24 hours\n"
    )
    told = json.loads(cli("alarms", "audit", "--days", "1", *LIVE, "-o", "json").out)
    assert told["kind"] == "AlarmAudit"
    assert (told["data"][0]["hours"], told["data"][0]["hours_rolled_back"]) == (24, 24)
    assert told["data"][0]["fine"] is False


def test_an_audit_that_finds_nothing_and_one_that_could_not_look(
    cli: Run, shop: Shop, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(answers, monkeypatch, shop, 0.0)
    answers(alarm_rules=(rule(41),))
    assert cli("alarms", "audit", "--days", "1", *LIVE).out == (
        "✔ checkout-5xx  Errors > 0 for 1 of 1 x 60 s\n"
        "  would have let a good canary through in all 24 hours of 1 day\n"
    )
    answers(alarm_rules=(rule(42, "RATE(m)"),))
    assert cli("alarms", "audit", "--days", "1", *LIVE).out == (
        "? checkout-5xx  Errors > 0 for 1 of 1 x 60 s\n"
        "  no data for this version: it watches v42, which is not routed\n"
        "  not replayed: RATE(m) is not evaluated here\n"
    )


@pytest.mark.parametrize("days", ["0", "15"])
def test_an_audit_looks_back_as_far_as_minutes_are_kept(
    cli: Run, answers: Answers, days: str
) -> None:
    assert cli("alarms", "audit", "--days", days, *LIVE).code == 2


def test_a_deployment_that_never_started_has_no_versions(cli: Run, answers: Answers) -> None:
    unborn: Deployment = replace(
        deployment("Created"), current_version=None, target_version=None, created=None
    )
    answers(rollouts=(unborn,))
    row = cli("deployments", *LIVE).out.splitlines()[1]
    assert row.split()[:5] == ["●", "d-1", "Created", "-", "-"]
    assert row.endswith("still running")


def test_status_says_what_a_failing_canary_costs(cli: Run, shop: Shop) -> None:
    shop.route(Routing(41, 42, 10.0))
    shop.deploy(deployment("InProgress", created=NOW - timedelta(minutes=20)))
    shop.metrics = measured(v41=((900, 9),) * 20, v42=((100, 21),) * 20)
    line = cli("status", *LIVE).out.splitlines()[2]
    assert line.startswith("damage     about ")
    assert " failed calls above the stable version's rate (95 %: " in line
    assert "; each further minute costs about 20 (95 %: " in line
    told = json.loads(cli("status", *LIVE, "-o", "json").out)["data"]["damage"]
    assert told["per_minute"] == pytest.approx(20.0)
