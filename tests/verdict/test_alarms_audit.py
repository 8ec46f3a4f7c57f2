"""The audit of alarms: replays of a good canary, and every reason that is not good news."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lambdactl.model import DeploymentConfig
from lambdactl.model_history import AlarmRule, Metric
from lambdactl.verdict.alarm_state import is_alarm
from lambdactl.verdict.alarms_audit import (
    AlarmAudit,
    Problem,
    Served,
    Week,
    audit,
    canary,
    stable_minutes,
)
from tests.verdict.alarm_samples import (
    AT_ONCE,
    CANARY_5,
    LINEAR_10,
    MINUTE,
    SINCE,
    days,
    metric,
    rule,
    steady,
)

_: float | None = None


def problems(found: AlarmAudit) -> list[Problem]:
    return [f.problem for f in found.findings]


@pytest.mark.parametrize(
    ("values", "missing", "breaching", "not_breaching", "ignore"),
    [
        # The User Guide's table of an alarm with 3 of 3 periods; X breaches, 0 does not.
        ((0, _, 9, _, 9), False, False, False, False),
        ((_, _, _, _, 0), False, False, False, False),
        ((_, _, _, _, _), False, True, False, False),
        ((0, 9, 9, _, 9), True, True, True, True),
        ((_, _, 9, _, _), True, True, False, False),
    ],
)
def test_three_of_three_periods(
    values: tuple[float | None, ...],
    missing: bool,
    breaching: bool,
    not_breaching: bool,
    ignore: bool,
) -> None:
    told = {
        treatment: is_alarm(rule(periods=3, threshold=5.0, treat_missing=treatment), values)
        for treatment in ("missing", "breaching", "notBreaching", "ignore")
    }
    assert told == {
        "missing": missing,
        "breaching": breaching,
        "notBreaching": not_breaching,
        "ignore": ignore,
    }


@pytest.mark.parametrize(
    ("values", "alarm"),
    [((9, 0, 9), True), ((9, 0, 0), False), ((0, 9, 9), True), ((9, 9, 0, 0, 0), False)],
)
def test_two_of_three_periods(values: tuple[float, ...], alarm: bool) -> None:
    assert is_alarm(rule(periods=3, to_alarm=2, threshold=5.0), values) is alarm


def test_quiet_days_are_fine() -> None:
    found = audit(rule(), CANARY_5, days(steady(24, 100)))
    assert found.fine
    assert (found.rolled_back, found.hours) == (0, 24)


def test_an_alarm_on_any_error_rolls_back_good_code() -> None:
    """One error in 20 calls: a canary of 10 calls a minute nearly always meets one in 4 minutes."""
    found = audit(rule(), CANARY_5, days(steady(48, 100, errors=5)))
    assert problems(found) == [Problem.ROLLS_BACK]
    assert found.rolled_back is not None and found.rolled_back > 30
    text = f"a good canary would have been rolled back in {found.rolled_back} of 48 hours"
    assert found.findings[0].text == text


def test_the_same_days_give_the_same_answer() -> None:
    week = days(steady(48, 100, errors=1))
    first = audit(rule(), CANARY_5, week)
    assert first == audit(rule(), CANARY_5, week)
    assert 0 < (first.rolled_back or 0) < 48


def test_only_the_bad_hours_count() -> None:
    minutes = [*steady(3, 100), *steady(2, 100, errors=90), *steady(3, 100)]
    found = audit(rule(), CANARY_5, days(minutes))
    assert (found.rolled_back, found.hours) == (2, 8)


def test_a_rollout_is_watched_to_its_end_and_not_after() -> None:
    """The canary of 5 minutes from 14:00 on does not meet the outage at 14:10; one of 90 does."""
    minutes = [*steady(1, 100), *steady(1, 100)]
    minutes[10:13] = [Served(100, 100)] * 3
    assert audit(rule(), CANARY_5, days(minutes)).rolled_back == 0
    assert audit(rule(), LINEAR_10, days(minutes)).rolled_back == 1


def included(expression: str, **settings: object) -> AlarmRule:
    metrics = {"errors": metric("Errors"), "calls": metric("Invocations")}
    return rule(metrics, expressions={"rate": expression}, **settings)  # type: ignore[arg-type]


def test_the_included_stacks_alarms_let_good_code_through() -> None:
    week = days(steady(48, 600, errors=6))
    rate = included(
        "IF(calls >= 20, 100 * errors / calls, 0)", threshold=5.0, periods=3, to_alarm=2
    )
    few = included(
        "IF(calls < 20, errors, 0)",
        comparison="GreaterThanOrEqualToThreshold",
        threshold=1.0,
        periods=5,
        to_alarm=2,
    )
    assert audit(rate, CANARY_5, week).fine
    assert audit(few, CANARY_5, week).fine
    outage = days(steady(4, 600, errors=60))
    assert audit(rate, CANARY_5, outage).rolled_back == 4


def test_the_canary_is_thinned_call_by_call() -> None:
    week = days(steady(2, 1000, errors=100))
    minutes = canary(week, LINEAR_10, 0)
    assert len(minutes) == 90
    assert sum(m.calls for m in minutes[:10]) == pytest.approx(1000, rel=0.15)
    assert sum(m.calls for m in minutes[80:]) == pytest.approx(9000, rel=0.05)
    assert all(m.errors <= m.calls for m in minutes)


def test_an_alarm_on_the_whole_alias_sees_what_was_there() -> None:
    whole = metric("Errors", version=None)
    at = SINCE + 61 * MINUTE
    readings = {whole: {at: 3.0, SINCE: 0.0}}
    found = audit(rule({"m": whole}), CANARY_5, days(steady(4, 100), readings))
    assert (found.rolled_back, found.hours) == (1, 4)


def test_a_percentile_is_that_of_the_version_that_served_while_the_canary_has_calls() -> None:
    p95 = metric("Duration", stat="p95")
    own = metric("Duration", version=None, stat="p95")
    slow = {SINCE + n * MINUTE: 900.0 for n in range(120)}
    alarm = rule({"m": p95}, threshold=500.0)
    found = audit(alarm, CANARY_5, days(steady(2, 100), {p95: slow, own: slow}))
    assert found.rolled_back == 2
    idle = days([*steady(1, 100), *steady(1, 0)], {p95: slow, own: slow})
    assert audit(alarm, CANARY_5, idle).rolled_back == 1


def test_missing_data_that_breaches_stops_a_canary_that_nobody_calls() -> None:
    minutes = [*steady(1, 100), *steady(3, 0)]
    found = audit(rule(treat_missing="breaching", periods=2), CANARY_5, days(minutes))
    assert (found.rolled_back, found.hours) == (3, 4)


def test_longer_periods_are_made_of_minutes() -> None:
    alarm = rule(period_s=300, threshold=40.0)
    week = days(steady(3, 100, errors=100), {metric("Errors", period_s=300): {SINCE: 0.0}})
    found = audit(alarm, LINEAR_10, week)
    assert found.rolled_back is not None and found.rolled_back == found.hours


def test_already_in_alarm() -> None:
    found = audit(rule(state="ALARM"), CANARY_5, days(steady(2, 100)))
    assert problems(found) == [Problem.IN_ALARM]
    assert not found.fine


def test_no_data_for_this_version() -> None:
    week = days(steady(2, 100), {metric("Errors"): {}})
    found = audit(rule(), CANARY_5, week)
    assert problems(found) == [Problem.NO_DATA]
    assert found.findings[0].text.startswith("no data for v7: nothing under FunctionName=checkout")
    gone = audit(rule(), CANARY_5, days(steady(2, 100), routed=frozenset({8})))
    assert gone.findings[0].text == ("no data for this version: it watches v7, which is not routed")


@pytest.mark.parametrize(
    ("alarm", "config", "slow"),
    [
        (rule(periods=3), CANARY_5, False),
        (rule(periods=5, to_alarm=5), CANARY_5, True),
        (rule(periods=5, to_alarm=2), CANARY_5, False),
        (rule(periods=5, to_alarm=5), LINEAR_10, False),
    ],
)
def test_slower_than_the_first_step(alarm: AlarmRule, config: DeploymentConfig, slow: bool) -> None:
    found = audit(alarm, config, days(steady(4, 100)))
    assert (Problem.SLOW in problems(found)) is slow


@pytest.mark.parametrize(
    ("alarm", "why"),
    [
        (rule(unreadable="a composite alarm follows other alarms"), "a composite alarm"),
        (included("RATE(errors)"), "RATE(errors) is not evaluated here"),
        (included("errors / strange"), "strange of the expression is not known"),
        (included("rate + 1"), "the expression rate is made of itself"),
        (rule(period_s=10), "its period of 10 s"),
        (rule(comparison="LessThanLowerThreshold"), "LessThanLowerThreshold"),
        (rule({"m": metric("Duration")}), "Sum of Duration cannot be told for a canary"),
        (rule({"m": metric("Errors", stat="p99")}), "p99 of Errors cannot be told"),
        (
            rule({"m": metric("Errors"), "n": metric("Invocations", period_s=300)}),
            "its metrics have periods of different lengths",
        ),
    ],
)
def test_what_cannot_be_replayed_is_said_and_never_fine(alarm: AlarmRule, why: str) -> None:
    found = audit(alarm, CANARY_5, days(steady(4, 100)))
    assert not found.fine
    assert found.hours is None and found.rolled_back is None
    told = [f.text for f in found.findings if f.problem is Problem.NOT_REPLAYED]
    assert len(told) == 1 and told[0].startswith(why)


def test_expressions_in_a_circle_are_not_replayed() -> None:
    metrics = {"errors": metric("Errors")}
    alarm = rule(metrics, expressions={"a": "b + 1", "b": "a + errors"})
    found = audit(alarm, CANARY_5, days(steady(2, 100)))
    assert found.findings[0].problem is Problem.NOT_REPLAYED


def test_nothing_to_replay() -> None:
    for week, config in (
        (days([]), CANARY_5),
        (days(steady(5, 0)), CANARY_5),
        (days(steady(1, 100)), LINEAR_10),
        (days(steady(5, 100)), AT_ONCE),
        (days(steady(5, 100)), None),
    ):
        found = audit(rule(), config, week)
        assert Problem.NOT_REPLAYED in problems(found)
        assert found.hours is None


def test_the_version_that_served_then_is_the_one_with_the_most_calls() -> None:
    old: dict[datetime, Served] = {SINCE: Served(90, 1), SINCE + MINUTE: Served(10, 0)}
    new = {SINCE: Served(10, 9), SINCE + timedelta(minutes=1): Served(90, 2)}
    assert stable_minutes(SINCE, 3, {1: old, 2: new}) == (Served(90, 1), Served(90, 2), Served())


def test_a_week_ends_where_its_minutes_do() -> None:
    nothing: dict[Metric, dict[datetime, float]] = {}
    assert Week(SINCE, (Served(),) * 90, nothing).until == SINCE + timedelta(minutes=90)
