"""What an operator chooses to see: the window, the metric, a pane alone, what the alarms did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from lambdactl.errors import LambdactlError, PermissionDenied
from lambdactl.model import Metrics, Minute, Series, Snapshot
from lambdactl.tui import Usage
from lambdactl.tui.drawing import charted, rates, spark
from lambdactl.tui.drawing.spark import Gap
from lambdactl.tui.screens.rollout import RolloutScreen
from lambdactl.tui.view import View
from lambdactl.verdict import assess
from tests.tui import builders
from tests.tui.builders import NOW
from tests.tui.stage import Clock, Script, console, opened, press, seen
from tests.tui.test_acting import UNTOLD
from tests.tui.test_screens import SIZES, Compare, looking, named

MINUTE = timedelta(minutes=1)


def hours() -> Snapshot:
    """Three hours of v41 that get slower, with v42 in its fifth minute, and all that is read."""
    first = NOW.replace(second=0) - 179 * MINUTE
    old = [
        Minute(first + n * MINUTE, 450.0, float(n % 60 == 0), 0.0, 120.0 + n, 40.0, 300.0 + n, 9.0)
        for n in range(180)
    ]
    new = [Minute(m.start) for m in old[:-5]] + [
        Minute(m.start, 50.0, 0.0, 2.0, 240.0, 74.0, 3000.0, 2.0) for m in old[-5:]
    ]
    longer = {41: Series(41, tuple(old)), 42: Series(42, tuple(new))}
    drawn = {n: replace(s, minutes=s.minutes[-30:]) for n, s in longer.items()}
    return builders.snapshot(metrics=Metrics(NOW, 1800, drawn, longer=longer))


def texts(told: str, word: str) -> str:
    """The first line with ``word`` in it."""
    return next((line for line in told.splitlines() if word in line), "")


def minutes(*counts: tuple[float | None, float | None]) -> Sequence[Minute]:
    return [Minute(NOW + n * MINUTE, *both, 0.0, 100.0 + n) for n, both in enumerate(counts)]


async def test_t_goes_through_the_windows_without_asking_again() -> None:
    script = Script([hours()])
    async with opened(script) as (app, pilot):
        told = [texts(seen(app), "ERROR %")]
        for _ in range(4):
            await press(pilot, "t")
            told.append(texts(seen(app), "ERROR %"))
    shown = [line.partition("ERROR %")[2].split("─")[0].strip() for line in told]
    assert shown == ["30 min", "1 h, 2 min a bar", "3 h, 6 min a bar", "15 min", "30 min"]
    assert script.looked == 1


async def test_m_goes_through_the_metrics_each_on_one_printed_scale() -> None:
    async with opened(Script([hours()])) as (app, pilot):
        heads = []
        for _ in range(5):
            heads.append(texts(seen(app), "same scale"))
            await press(pilot, "m")
        assert [line.split()[1] for line in heads] == [
            "ERROR", "P95", "P99", "THROTTLES", "CALLS",
        ]  # fmt: skip
        assert "same scale 0–3,000 ms" in heads[2]
        assert "same scale 0–600" in heads[4]
        assert "FAIL" not in texts(seen(app), "SHIFTING")


async def test_the_numbers_beside_the_chart_stay_the_verdicts() -> None:
    async with opened(Script([hours()])) as (app, pilot):
        before = texts(seen(app), " v42  ").rpartition("%")[0][-8:]
        await press(pilot, "m", "m")
        row = texts(seen(app), " v42  ")
        assert row.rpartition("%")[0][-8:] == before
        assert "p99 3,000 ms" in row


async def test_a_card_has_percentiles_throttles_and_concurrency() -> None:
    async with opened(Script([hours()]), size=(120, 40)) as (app, _):
        told = seen(app)
        assert "calls/m 50 · p50 74 · p95 240 · p99 3,000 ms" in told
        assert "throttles 10 · concurrency 2" in told
        assert "throttles 0 · concurrency 9" in told


async def test_numbers_of_another_age_say_theirs() -> None:
    seen_later = NOW + timedelta(seconds=48)
    late = replace(hours(), taken=seen_later, older={"alarms": seen_later - timedelta(seconds=12)})
    async with opened(Script([late])) as (app, pilot):
        assert "48s old" in texts(seen(app), "ERROR %")
        await press(pilot, "2")
        assert "alarms read 12s ago" in seen(app)


def test_a_version_that_came_after_the_last_question_is_not_in_yet() -> None:
    only = Metrics(NOW, 1800, {41: hours().metrics.series[41]})  # type: ignore[union-attr]
    shifted = builders.snapshot(metrics=only)
    view = View(snapshot=shifted, assessment=assess(shifted), now=NOW)
    stable, canary = rates.sides(view)
    assert {b.value for b in canary.bars} == {Gap.NOT_IN}
    assert Gap.NOT_IN not in {b.value for b in stable.bars}


def test_metrics_that_were_not_read_are_unknown_and_not_empty() -> None:
    unread = builders.snapshot(metrics=None)
    for side in rates.sides(View(snapshot=unread, assessment=assess(unread), now=NOW)):
        assert {(b.value, b.open) for b in side.bars} == {(Gap.UNKNOWN, False)}


def test_the_minutes_that_may_still_grow_are_open() -> None:
    seen_ = builders.shifting()
    for side in rates.sides(View(snapshot=seen_, assessment=assess(seen_), now=NOW)):
        opened_ = [b.open for b in side.bars]
        assert opened_ == sorted(opened_) and opened_[-1] and not opened_[0]


@pytest.mark.parametrize(
    ("one", "calls", "errors"),
    [
        (minutes((10.0, 1.0), (20.0, 2.0)), 30.0, 3.0),
        (minutes((10.0, 1.0), (None, None)), 10.0, 1.0),
        (minutes((10.0, 1.0), (20.0, None)), 30.0, None),
        (minutes((None, None), (None, None)), None, None),
    ],
)
def test_minutes_of_one_bar_are_added_and_what_is_unknown_of_one_is_of_all(
    one: Sequence[Minute], calls: float | None, errors: float | None
) -> None:
    both = charted.together(one)
    assert (both.invocations, both.errors) == (calls, errors)
    assert both.p95_ms == 101.0
    assert both.start == one[-1].start


def test_a_throttled_call_is_drawn_though_nothing_was_invoked() -> None:
    turned_away = Minute(NOW, None, None, 7.0)
    assert spark.bar(turned_away, False, charted.THROTTLES.value).value == 7.0
    assert spark.bar(turned_away, False).value is Gap.NO_CALLS


@pytest.mark.parametrize(("top", "scale"), [(0.3, 1.0), (7.0, 8.0), (101.0, 200.0), (3e4, 4e4)])
def test_a_scale_ends_at_a_round_number(top: float, scale: float) -> None:
    assert spark.scale([spark.Bar(top)]) == scale


async def test_what_alarms_did_is_read_where_their_pane_is_seen_and_seldom() -> None:
    clock = Clock()
    read: list[float | None] = []
    script = Script([builders.failing()])
    async with opened(script, clock=clock) as (app, pilot):
        page = app.page
        assert isinstance(page, RolloutScreen)
        assert page.history.read_at is None
        await press(pilot, "2")
        assert "in ALARM in 24 h: 14:06:41 for 41s, 09:14:00 for 7m" in seen(app)
        assert "in ALARM in 24 h: never" in seen(app)
        for _ in range(3):
            clock.at += 60.0
            app.show()
            await press(pilot, "1", "2")
            read.append(page.history.read_at)
        assert len(set(read)) == 1
        clock.at += 300.0
        await press(pilot, "1", "2")
        assert page.history.read_at == clock.at


async def test_a_history_that_may_not_be_read_is_said_beside_the_alarms() -> None:
    denied = PermissionDenied(
        "no permission: cloudwatch:DescribeAlarmHistory", action="cloudwatch:DescribeAlarmHistory"
    )
    script = Script([builders.failing()], histories=[denied])
    async with opened(script) as (app, pilot):
        await press(pilot, "2")
        assert "no permission: cloudwatch:DescribeAlarmHistory" in seen(app)
        assert "error rate of v42 > 1" in seen(app)


@pytest.mark.parametrize("size", SIZES, ids=named)
async def test_z_shows_one_pane_alone(size: tuple[int, int]) -> None:
    async with opened(Script([hours()]), size=size) as (app, pilot):
        await press(pilot, "2", "z")
        told = seen(app)
        assert "TRAFFIC" not in told and "error %" not in told
        assert "SHIFTING" in told and "checkout-p99" in told
        await press(pilot, "escape")
        assert "v42 canary" in seen(app)


@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize("keys", [(), ("t", "t", "m", "m"), ("2", "z")], ids=["all", "p99", "zoom"])
def test_charts(snap_compare: Compare, keys: tuple[str, ...], size: tuple[int, int]) -> None:
    usage = Usage(33, 0.0084)
    app = console(Script([hours()]), usage=lambda: usage)
    assert looking(snap_compare, app, size, *keys)


@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize(
    ("state", "key"), [(builders.done, "u"), (builders.waiting_hook, "H")], ids=["rollback", "hook"]
)
def test_deeds(
    snap_compare: Compare, state: Callable[[], Snapshot], key: str, size: tuple[int, int]
) -> None:
    assert looking(snap_compare, console(Script([state()])), size, key)


@pytest.mark.parametrize(
    ("key", "script"),
    [
        ("u", Script([builders.done()], pasts=[LambdactlError("CloudWatch did not answer")])),
        ("H", Script([builders.waiting_hook()], executions=[UNTOLD])),
        ("u", Script([builders.by_hand()])),
    ],
    ids=["past-unread", "id-untold", "split"],
)
@pytest.mark.parametrize("size", SIZES, ids=named)
def test_deeds_that_cannot_be(
    snap_compare: Compare, key: str, script: Script, size: tuple[int, int]
) -> None:
    assert looking(snap_compare, console(script), size, key)
