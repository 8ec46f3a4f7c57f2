"""plan and deployments: whole outputs, JSON, and the ways in which they end badly."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from lambdactl.errors import NotFound, PermissionDenied
from lambdactl.model import (
    Deployment,
    Metrics,
    Minute,
    Routing,
    Series,
)
from lambdactl.model_history import Bucket, Traffic
from tests.cli.conftest import Run
from tests.cli.past import (
    BEGUN,
    LIVE,
    Answers,
)
from tests.cli.shop import Shop, measured
from tests.plan.samples import NOW, deployment


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
    lines = cli("deployments", "show", "d-1", "--judge", *LIVE).out.splitlines()[-5:]
    assert lines[0] == ("verdict    ✖ FAIL  canary 21.00 % (63/300) vs stable 1.00 % (27/2,700)")
    assert lines[1].startswith("evidence   that it is worse: ")
    assert lines[1].endswith(", FAIL needs 20")
    assert lines[2] == "           that it is not twice as bad: 0.0, PASS needs 20"
    assert lines[3].startswith("           its odds of failing: ")
    assert lines[4].startswith(
        "damage     about 60 failed calls above the stable version's rate (95 %: "
    )
    assert "further minute" not in lines[4]


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
    lines = cli("status", *LIVE).out.splitlines()
    (line,) = (row for row in lines if row.startswith("damage     about "))
    assert " failed calls above the stable version's rate (95 %: " in line
    assert "; each further minute costs about 20 (95 %: " in line
    told = json.loads(cli("status", *LIVE, "-o", "json").out)["data"]["damage"]
    assert told["per_minute"] == pytest.approx(20.0)


def test_what_is_taken_back_costs_nothing_more(cli: Run, shop: Shop) -> None:
    shop.route(Routing(41))
    shop.deploy(deployment("Stopped", created=NOW - timedelta(minutes=20)))
    shop.metrics = measured(v41=((900, 9),) * 20, v42=((100, 21),) * 20)
    (line,) = (
        x for x in cli("status", *LIVE).out.splitlines() if x.startswith("damage     about ")
    )
    assert "further minute" not in line
