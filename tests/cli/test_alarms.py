"""alarms and alarms audit: whole outputs, JSON, and what could not be read or replayed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from lambdactl.model import (
    Snapshot,
    Target,
    Unread,
)
from lambdactl.model_history import AlarmChange, AlarmRule, Metric
from tests.cli.conftest import Run
from tests.cli.past import (
    ALARM,
    LIVE,
    Answers,
)
from tests.cli.shop import Shop
from tests.plan.samples import NOW


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
