"""Data as it is: what cannot be believed ends as NOT MEASURED, and never as green."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from lambdactl.model import (
    DeploymentStatus,
    LifecycleEvent,
    Metrics,
    Minute,
    Routing,
    Series,
    Snapshot,
    Unread,
)
from lambdactl.verdict import Answer, State, assess
from lambdactl.verdict.fleet import urgency
from lambdactl.verdict.judge import Earlier
from tests.verdict.test_assessment import NOW, RED, RUNNING, deployment, snapshot, version

START = NOW.replace(second=0) - timedelta(minutes=59)
GOOD = ((500.0, 10.0), (4500.0, 90.0))
Change = Callable[[int, Minute], Minute]


def series(number: int, counts: tuple[float, float], change: Change) -> Series:
    minutes = (Minute(START + timedelta(minutes=i), *counts) for i in range(60))
    return Series(number, tuple(change(i, m) for i, m in enumerate(minutes)))


def as_it_is(_index: int, minute: Minute) -> Minute:
    return minute


def look(canary: Change = as_it_is, stable: Change = as_it_is, **changes: object) -> Snapshot:
    both = {1: series(1, GOOD[1], stable), 2: series(2, GOOD[0], canary)}
    drawn = {n: Series(n, s.minutes[-30:]) for n, s in both.items()}
    metrics = Metrics(NOW, 1800, drawn, both)
    return replace(snapshot(deployment=RUNNING, metrics=metrics), **changes)  # type: ignore[arg-type]


def without(minute: Minute) -> Minute:
    return Minute(minute.start)


def test_the_whole_rollout_is_judged_not_only_what_is_drawn() -> None:
    verdict = assess(look()).verdict
    assert verdict.answer is Answer.PASS
    assert len(verdict.minutes) == 58
    assert verdict.minutes[0].start == START


@pytest.mark.parametrize(
    ("canary", "stable", "reason"),
    [
        (lambda i, m: without(m) if i > 40 else m, lambda i, m: without(m) if i > 40 else m,
         "no datapoints since 11:42"),
        (lambda i, m: without(m) if i > 40 else m, as_it_is, "no datapoints of v2 for 17 min"),
        (lambda i, m: replace(m, errors=None) if i == 30 else m, as_it_is,
         "the errors of v2 at 11:31 were not measured"),
        (as_it_is, lambda i, m: replace(m, invocations=80.0) if i == 5 else m,
         "v1 has 90 errors of 80 calls at 11:06"),
        (lambda i, m: replace(m, invocations=None) if i == 5 else m, as_it_is,
         "v2 has 10 errors of 0 calls at 11:06"),
    ],
    ids=["feed stopped", "canary's feed stopped", "half an answer", "impossible", "errors alone"],
)  # fmt: skip
def test_what_cannot_be_believed_is_not_measured(
    canary: Change, stable: Change, reason: str
) -> None:
    assessment = assess(look(canary, stable))
    assert assessment.verdict.answer is Answer.NOT_MEASURED
    assert assessment.state is State.NOT_MEASURED
    assert assessment.text.startswith(reason)


def test_a_count_that_went_down_is_a_reset() -> None:
    given = look()
    assert given.metrics is not None
    doubted = replace(given.metrics, doubts=("invocations of v2 at 11:40 went from 500 to 20",))
    assessment = assess(replace(given, metrics=doubted))
    assert (assessment.state, assessment.text) == (State.NOT_MEASURED, doubted.doubts[0])


@pytest.mark.parametrize("reason", ["no permission: cloudwatch:GetMetricData", "PartialData"])
def test_what_may_not_be_read_is_not_measured(reason: str) -> None:
    assessment = assess(look(metrics=None, unread=(Unread("metrics", reason),)))
    assert assessment.state is State.NOT_MEASURED
    assert assessment.verdict.answer is Answer.NOT_MEASURED
    assert assessment.text == f"metrics could not be read: {reason}"


def test_a_silence_that_is_usual_is_no_doubt() -> None:
    def hourly(i: int, minute: Minute) -> Minute:
        return minute if i % 8 < 2 else without(minute)

    assert assess(look(hourly, hourly)).verdict.answer is Answer.PASS


def test_minutes_that_still_change_are_not_judged() -> None:
    def burst(i: int, minute: Minute) -> Minute:
        return replace(minute, errors=minute.invocations) if i >= 58 else minute

    assert assess(look(burst)).verdict.answer is Answer.PASS


def test_a_long_timeout_settles_later() -> None:
    def burst(i: int, minute: Minute) -> Minute:
        return replace(minute, errors=minute.invocations) if i >= 50 else minute

    patient = (version(1), replace(version(2), timeout_s=600))
    assert assess(look(burst)).verdict.answer is Answer.FAIL
    assert assess(look(burst, versions=patient)).verdict.answer is Answer.PASS


def test_minutes_of_a_function_that_is_gone_are_not_the_canarys() -> None:
    def bad_before(i: int, minute: Minute) -> Minute:
        return replace(minute, errors=minute.invocations) if i < 20 else minute

    fresh = replace(version(2), published=START + timedelta(minutes=25))
    assert assess(look(bad_before)).verdict.answer is Answer.FAIL
    assert assess(look(bad_before, versions=(version(1), fresh))).verdict.answer is Answer.PASS


def test_a_failure_latches_across_looks_whatever_can_be_measured_later() -> None:
    failing = assess(look(lambda _, m: replace(m, errors=300.0)))
    assert failing.state is State.FAILING
    blind = look(metrics=None, unread=(Unread("metrics", "no permission"),))
    assert assess(blind).state is State.NOT_MEASURED
    assert assess(blind, failing).state is State.FAILING
    assert assess(look(), failing).verdict == failing.verdict
    other = replace(RUNNING, id="d-9")
    assert assess(look(deployment=other), failing).verdict.answer is Answer.PASS


def test_a_fleet_is_sorted_by_what_needs_somebody_first() -> None:
    fleet = {
        "stable": assess(snapshot(Routing(1))),
        "moving": assess(look()),
        "alarm": assess(look(alarms=(RED,))),
        "blind": assess(look(metrics=None)),
        "failing": assess(look(lambda _, m: replace(m, errors=300.0))),
        "gone": assess(snapshot(None)),
        "back": assess(snapshot(deployment=deployment(RUNNING.status, rolls_back="d-1"))),
    }
    names = sorted(fleet, key=lambda name: urgency(fleet[name]))
    assert names == ["failing", "alarm", "back", "blind", "moving", "stable", "gone"]


def paused(canary: Change, stable: Change = as_it_is, **changes: object) -> Snapshot:
    """The same minutes under a split that was made by hand."""
    return look(canary, stable, deployment=None, **changes)


def only(*spans: range, **counts: float) -> Change:
    """Calls in these minutes only."""

    def change(i: int, minute: Minute) -> Minute:
        called = any(i in span for span in spans)
        return replace(minute, **counts) if called else without(minute)  # type: ignore[arg-type]

    return change


def test_a_silence_before_the_split_is_none() -> None:
    long_ago = only(range(15))
    blamed = assess(paused(long_ago))
    assert blamed.text == (
        "no datapoints of v2 for 43 min, where about 21,500 calls were due"
        " if it was routed to all the while"
    )
    just_now = assess(paused(long_ago, split_since=NOW, weight_since=NOW))
    assert just_now.state is State.NO_DATA
    assert just_now.text == "v2 has 10 % but no calls were measured yet"
    assert assess(paused(only(range(15), range(58, 60)))).state is State.PAUSED


def test_a_silence_of_the_split_itself_is_one() -> None:
    stopped = only(range(15), range(30, 41))
    since = START + timedelta(minutes=29, seconds=30)
    known = assess(paused(stopped, split_since=since, weight_since=since))
    assert known.text == "no datapoints of v2 for 17 min, where about 8,500 calls were due"
    assert assess(paused(stopped)).state is State.NOT_MEASURED


def test_a_silence_before_the_running_deployment_is_none() -> None:
    allowed = LifecycleEvent("AllowTraffic", "InProgress", NOW - timedelta(seconds=90))
    running = replace(RUNNING, events=(allowed,))
    assert assess(look(only(range(15)), deployment=running)).state is State.NO_DATA


@pytest.mark.parametrize("since", [None, START + timedelta(minutes=53, seconds=10)])
def test_the_share_of_calls_is_that_of_the_newest_split(since: datetime | None) -> None:
    twice = only(range(15), range(54, 60))
    ratio = assess(paused(twice, split_since=since, weight_since=since)).verdict.sample_ratio
    assert ratio is not None
    assert (ratio.realised, ratio.warns) == (10.0, False)


def test_callers_are_not_blamed_for_the_time_before_a_split() -> None:
    assert assess(paused(only(range(15)))).verdict.sample_ratio is None
    assert assess(paused(only(range(15)), weight_since=NOW)).verdict.sample_ratio is None
    wrong = assess(paused(only(range(15), range(30, 60), invocations=100.0, errors=1.0)))
    assert wrong.verdict.sample_ratio is not None and wrong.verdict.sample_ratio.warns


BAD = 300.0
AGAIN = START + timedelta(minutes=40)
"""When a second split of the same two versions began."""


def failing_at_first(i: int, minute: Minute) -> Minute:
    """Bad for half an hour, then parted for ten minutes, and good since."""
    return replace(minute, errors=BAD) if i < 30 else without(minute) if i < 40 else minute


def test_an_earlier_split_is_no_evidence_but_its_failure_is_told() -> None:
    found = assess(paused(failing_at_first, unsplit_at=AGAIN))
    verdict = found.verdict
    assert (verdict.answer, verdict.canary_calls) == (Answer.PASS, 18 * 500)
    assert verdict.since == AGAIN
    assert verdict.earlier is not None and verdict.earlier.failed is not None
    assert (verdict.earlier.calls, verdict.earlier.failed.start) == (30 * 500, START)
    assert found.text.endswith(" · PASS: not twice as bad · an earlier split was FAIL")


def test_an_earlier_split_that_did_not_fail_is_only_counted() -> None:
    def parted(i: int, minute: Minute) -> Minute:
        return without(minute) if 30 <= i < 40 else minute

    found = assess(paused(parted, unsplit_at=AGAIN))
    assert found.verdict.earlier == Earlier(30 * 500)
    assert "earlier" not in found.text


def test_where_it_is_not_known_when_the_split_began_all_of_it_counts() -> None:
    found = assess(paused(failing_at_first))
    assert (found.verdict.answer, found.verdict.since) == (Answer.FAIL, None)
    assert found.verdict.earlier is None


def test_a_failure_latches_until_another_split_is_known_to_have_begun() -> None:
    failing = assess(paused(lambda _, m: replace(m, errors=BAD)))
    assert failing.verdict.answer is Answer.FAIL
    assert assess(paused(as_it_is), failing).verdict is failing.verdict
    assert assess(paused(as_it_is, unsplit_at=START), failing).verdict is failing.verdict

    after = assess(paused(as_it_is, unsplit_at=AGAIN), failing)
    assert after.verdict.answer is Answer.PASS
    assert after.verdict.earlier is not None
    assert after.verdict.earlier.failed == failing.verdict.failed_at
    later = assess(paused(as_it_is, unsplit_at=AGAIN), after)
    assert later.verdict.earlier == after.verdict.earlier
    assert later.text.endswith("an earlier split was FAIL")


def test_a_deployment_is_judged_from_its_own_first_shift() -> None:
    allowed = LifecycleEvent("AllowTraffic", "InProgress", AGAIN + timedelta(seconds=20))
    running = replace(RUNNING, events=(allowed,))
    seen = look(failing_at_first, deployment=running, unsplit_at=AGAIN - timedelta(minutes=20))
    assert assess(seen).verdict.since == AGAIN
    assert assess(seen).verdict.answer is Answer.PASS
    over = replace(running, status=DeploymentStatus.Succeeded)
    done = replace(seen, deployment=over, alias=snapshot(Routing(2)).alias)
    assert assess(done).verdict.since == AGAIN


PENDING = LifecycleEvent("AllowTraffic", "Pending")
HOOK = LifecycleEvent("BeforeAllowTraffic", "InProgress", AGAIN)


def parted_for_good(i: int, minute: Minute) -> Minute:
    return failing_at_first(i, minute) if i < 40 else without(minute)


@pytest.mark.parametrize("events", [(HOOK, PENDING), (HOOK,), ()], ids=["pending", "hook", "none"])
def test_before_its_first_shift_a_deployment_is_not_judged_by_an_earlier_split(
    events: tuple[LifecycleEvent, ...],
) -> None:
    waiting = replace(RUNNING, events=events)
    seen = look(parted_for_good, deployment=waiting, alias=snapshot(Routing(1)).alias)
    found = assess(seen)
    verdict = found.verdict
    assert (found.state, verdict.answer) == (State.SHIFTING, Answer.INCONCLUSIVE)
    assert (verdict.canary_calls, verdict.evidence, verdict.since) == (0, 1.0, None)
    assert verdict.earlier is not None and verdict.earlier.failed is not None
    assert (verdict.earlier.calls, verdict.earlier.failed.start) == (30 * 500, START)
    waits = "waits for hook BeforeAllowTraffic; " if events else ""
    assert found.text == f"{waits}no traffic on the canary yet · an earlier split was FAIL"


def test_nor_is_it_where_the_alias_was_read_after_its_first_shift() -> None:
    waiting = replace(RUNNING, events=(PENDING,))
    assert assess(look(parted_for_good, deployment=waiting)).verdict.canary_calls == 0


def test_what_the_earlier_split_was_is_still_told_once_it_has_shifted() -> None:
    waiting = replace(RUNNING, events=(PENDING,))
    before = assess(look(parted_for_good, deployment=waiting, alias=snapshot(Routing(1)).alias))
    allowed = LifecycleEvent("AllowTraffic", "InProgress", AGAIN)
    shifting = look(failing_at_first, deployment=replace(RUNNING, events=(allowed,)))
    after = assess(shifting, before)
    assert (after.verdict.answer, after.verdict.since) == (Answer.PASS, AGAIN)
    assert after.text.endswith("an earlier split was FAIL")


def test_a_split_by_hand_began_after_the_deployment_that_succeeded_before() -> None:
    back = replace(deployment(DeploymentStatus.Succeeded, rolls_back="d-1"), completed=AGAIN)
    seen = replace(paused(failing_at_first), deployment=back, previous=RUNNING)
    assert assess(seen).verdict.since == AGAIN
    assert assess(seen).verdict.answer is Answer.PASS
