"""What happened between two looks, and what one look knows of the past."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from lambdactl.model import (
    Alarm,
    DeploymentStatus,
    LifecycleEvent,
    Metrics,
    Minute,
    Routing,
    Series,
    Snapshot,
    Unread,
)
from lambdactl.ops import changes, history
from lambdactl.ops.events import (
    AlarmChanged,
    AliasMoved,
    DeploymentEnded,
    DeploymentStarted,
    LifecycleEventChanged,
    PartUnread,
    Rate,
    RatesMeasured,
    VersionDeleted,
    VersionPublished,
)
from tests.ops.account import kinds
from tests.plan.samples import NOW, TARGET, alias, deployment, snapshot, version

LATER = NOW + timedelta(seconds=30)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
SPLIT = Routing(41, 42, 10.0)


def later(routing: Routing | None = None, **changed: Any) -> Snapshot:
    return snapshot(routing, taken=LATER, **changed)


def test_nothing_happened() -> None:
    assert changes(snapshot(), later()) == ()


def test_without_an_earlier_look_only_what_is_unread_is_told() -> None:
    unread = Unread("alarms", "no permission: cloudwatch:DescribeAlarms", "ask")
    looked = snapshot(SPLIT, deployment=deployment("InProgress"), unread=(unread,))
    assert changes(None, looked) == (PartUnread(NOW, "alarms", unread.reason, "ask"),)
    assert changes(looked, replace(looked, taken=LATER)) == ()


def test_an_alias_that_somebody_moved() -> None:
    (event,) = changes(snapshot(), later(SPLIT))
    assert event == AliasMoved(
        LATER, TARGET, Routing(41), SPLIT, alias("live", SPLIT).revision_id, None
    )


def test_an_alias_that_is_new_and_one_that_went() -> None:
    without = replace(snapshot(), alias=None)
    (event,) = changes(without, later())
    assert isinstance(event, AliasMoved) and event.before is None
    assert changes(snapshot(), replace(without, taken=LATER)) == ()


@pytest.mark.parametrize("status", ["InProgress", "Succeeded"])
def test_an_alias_that_a_deployment_moved(status: str) -> None:
    completed = NOW + timedelta(seconds=20) if status == "Succeeded" else None
    events = changes(
        snapshot(deployment=deployment("InProgress")),
        later(Routing(42), deployment=deployment(status, completed=completed)),
    )
    moved = next(e for e in events if isinstance(e, AliasMoved))
    assert moved.by == "CodeDeploy"
    assert moved.at == (completed or LATER)


def test_an_alias_moved_after_a_deployment_had_ended_was_somebody_else() -> None:
    ended = deployment("Succeeded")
    (event,) = changes(snapshot(deployment=ended), later(SPLIT, deployment=ended))
    assert isinstance(event, AliasMoved) and event.by is None


def test_versions_that_came_and_went() -> None:
    fresh = version(43, published=NOW + timedelta(seconds=5))
    after = later(versions=(*snapshot(numbers=range(39, 43)).versions, fresh))
    published, deleted = changes(snapshot(), after)
    assert published == VersionPublished(NOW + timedelta(seconds=5), fresh)
    assert deleted == VersionDeleted(LATER, "checkout", 38, 1_000)


def test_a_deployment_starts_and_goes_through_its_events() -> None:
    began = LifecycleEvent("BeforeAllowTraffic", "InProgress", NOW)
    waits = LifecycleEvent("AllowTraffic", "Pending")
    started = deployment("InProgress", events=(began, waits))
    first, hook = changes(snapshot(), later(deployment=started))
    assert first == DeploymentStarted(NOW - timedelta(minutes=5), started)
    assert hook == LifecycleEventChanged(NOW, "d-1", "BeforeAllowTraffic", "InProgress", None)
    passed = replace(began, status="Succeeded", ended=NOW + timedelta(seconds=12))
    (after,) = changes(
        snapshot(deployment=started),
        later(deployment=deployment("InProgress", events=(passed, waits))),
    )
    assert isinstance(after, LifecycleEventChanged)
    assert (after.before, after.status, after.duration_s) == ("InProgress", "Succeeded", 12.0)
    assert after.at == NOW + timedelta(seconds=12)


def test_a_deployment_ends_once() -> None:
    ended = deployment("Succeeded", completed=NOW + timedelta(seconds=20))
    events = changes(snapshot(deployment=deployment("InProgress")), later(deployment=ended))
    assert events == (DeploymentEnded(NOW + timedelta(seconds=20), ended),)
    assert changes(snapshot(deployment=ended), later(deployment=ended)) == ()


def test_one_that_started_and_ended_between_two_looks_is_told_whole() -> None:
    assert kinds(changes(snapshot(), later(deployment=deployment("Failed")))) == [
        "DeploymentStarted",
        "DeploymentEnded",
    ]


def test_a_rollback_takes_the_place_of_the_deployment_it_undoes() -> None:
    failed = LifecycleEvent("AllowTraffic", "Failed", NOW, message="an alarm")
    skipped = LifecycleEvent("AfterAllowTraffic", "Skipped")
    stopped = deployment(
        "Stopped", events=(failed, skipped), rolled_back_by="d-2", completed=NOW + SECOND
    )
    rollback = deployment("InProgress", id="d-2", rolls_back="d-1", created=NOW + SECOND)
    events = changes(
        snapshot(SPLIT, deployment=deployment("InProgress")),
        later(Routing(41), deployment=rollback, previous=stopped),
    )
    assert kinds(events) == [
        "LifecycleEventChanged",
        "LifecycleEventChanged",
        "DeploymentEnded",
        "DeploymentStarted",
        "AliasMoved",
    ]
    assert [e.at for e in events] == [NOW, *[NOW + SECOND] * 3, LATER]
    ended = next(e for e in events if isinstance(e, DeploymentEnded))
    assert ended.deployment.status is DeploymentStatus.Stopped


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("OK", "ALARM", "OK"),
        ("ALARM", "OK", "ALARM"),
        ("OK", "OK", "nothing"),
        (None, "ALARM", None),
        (None, "OK", "nothing"),
    ],
)
def test_alarms_that_changed(was: Any, now: Any, told: str | None) -> None:
    before = snapshot(alarms=(Alarm("errors", was),) if was else ())
    events = changes(before, later(alarms=(Alarm("errors", now, LATER, "too many"),)))
    if told == "nothing":
        assert events == ()
    else:
        assert events == (AlarmChanged(LATER, told, Alarm("errors", now, LATER, "too many")),)


def measured(taken: datetime, *counts: tuple[float | None, float | None]) -> Metrics:
    """Calls of v41 and v42 in each minute before ``NOW`` and on; a tenth of v42's calls fail."""
    starts = [NOW + n * MINUTE for n in range(len(counts))]
    stable = tuple(
        Minute(s, a, 0.0 if a else None) for s, (a, _) in zip(starts, counts, strict=True)
    )
    canary = tuple(
        Minute(s, b, b / 10 if b else None) for s, (_, b) in zip(starts, counts, strict=True)
    )
    return Metrics(taken, 1_800, {41: Series(41, stable), 42: Series(42, canary)})


def test_rates_are_told_of_minutes_that_have_closed_since() -> None:
    before = snapshot(SPLIT, metrics=measured(NOW + 1.5 * MINUTE, (90.0, 10.0), (40.0, 5.0)))
    counts = ((90.0, 10.0), (91.0, 20.0), (92.0, None), (7.0, 1.0))
    after = later(SPLIT, metrics=measured(NOW + 3.2 * MINUTE, *counts))
    (event,) = changes(before, after)
    assert event == RatesMeasured(
        at=NOW + 3 * MINUTE,
        since=NOW + MINUTE,
        rates=(Rate(41, 183.0, 0.0), Rate(42, 20.0, 2.0)),
    )
    assert [r.error_rate for r in event.rates] == [0.0, 10.0]


def test_a_minute_is_told_once_and_an_empty_one_not_at_all() -> None:
    first = measured(NOW + MINUTE, (90.0, 10.0))
    second = measured(NOW + 2 * MINUTE, (90.0, 10.0), (None, None))
    assert kinds(changes(snapshot(metrics=None), later(metrics=first))) == ["RatesMeasured"]
    assert changes(snapshot(metrics=first), later(metrics=second)) == ()
    assert changes(snapshot(metrics=first), later(metrics=None)) == ()


def test_a_minute_that_cloudwatch_tells_late_is_told_then() -> None:
    first = measured(NOW + 2 * MINUTE, (None, None), (50.0, 5.0))
    second = measured(NOW + 2.1 * MINUTE, (90.0, 10.0), (50.0, 5.0))
    (event,) = changes(snapshot(metrics=first), later(metrics=second))
    assert isinstance(event, RatesMeasured)
    assert (event.since, event.rates) == (NOW, (Rate(41, 90.0, 0.0), Rate(42, 10.0, 1.0)))


def test_a_part_is_unread_once() -> None:
    unread = (Unread("metrics", "throttled"),)
    (event,) = changes(snapshot(), later(unread=unread))
    assert event == PartUnread(LATER, "metrics", "throttled")
    assert changes(later(unread=unread), later(unread=unread)) == ()


def test_the_past_that_one_look_knows_newest_first() -> None:
    hook = LifecycleEvent("BeforeAllowTraffic", "Succeeded", NOW, NOW + timedelta(seconds=12))
    waits = LifecycleEvent("AllowTraffic", "Pending", NOW)
    went = deployment("Stopped", events=(hook, waits), completed=NOW + MINUTE)
    back = deployment(
        "Succeeded", id="d-2", rolls_back="d-1", created=NOW + MINUTE, completed=NOW + 2 * MINUTE
    )
    red = Alarm("errors", "ALARM", NOW + timedelta(seconds=50))
    looked = snapshot(
        versions=(version(41), version(40, published=None)),
        deployment=back,
        previous=went,
        alarms=(red, Alarm("other", "OK")),
    )
    told = history(looked)
    assert kinds(told) == [
        "DeploymentEnded",
        "DeploymentStarted",
        "DeploymentEnded",
        "AlarmChanged",
        "LifecycleEventChanged",
        "DeploymentStarted",
        "VersionPublished",
    ]
    assert [e.at for e in told] == sorted((e.at for e in told), reverse=True)
