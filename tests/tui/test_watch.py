"""What the console keeps: the newest look, the last failure, and each happening once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from lambdactl.errors import Throttled, Unreachable
from lambdactl.model import Routing, Snapshot
from lambdactl.ops.events import AliasMoved
from lambdactl.tui.pace import Pace
from lambdactl.tui.watch import Watch
from lambdactl.verdict import assess
from tests.tui import builders
from tests.tui.builders import NOW

GONE = Unreachable("no answer", why="timed out", hint="lambdactl sandbox start")


def took(watch: Watch, snapshot: Snapshot, at: float) -> bool:
    assert watch.begin()
    return watch.took(snapshot, assess(snapshot), at)


def texts(watch: Watch) -> list[str]:
    return [f"{line.kind} {line.text}" for line in watch.lines]


def test_a_tick_during_a_look_is_dropped() -> None:
    watch = Watch()
    assert watch.begin()
    assert not watch.begin()
    assert watch.dropped == 1
    assert not watch.is_due(1e9)


def test_an_older_snapshot_than_the_one_shown_is_ignored() -> None:
    watch = Watch()
    newer = replace(builders.failing(), taken=NOW + timedelta(seconds=5))
    assert took(watch, newer, 0.0)
    assert not took(watch, builders.shifting(), 5.0)
    assert watch.snapshot is newer
    assert not watch.looking


def test_a_failure_leaves_the_last_snapshot_with_its_age() -> None:
    watch = Watch()
    took(watch, builders.shifting(), 0.0)
    assert watch.begin()
    watch.failed(GONE, 6.0)
    view = watch.view(8.0)
    assert view.snapshot is not None and view.stale
    assert view.age_s == 8.0
    assert view.failure is not None and view.failure.error is GONE


def test_a_look_that_succeeds_ends_the_failure() -> None:
    watch = Watch()
    took(watch, builders.shifting(), 0.0)
    watch.failed(GONE, 6.0)
    took(watch, builders.shifting(), 12.0)
    assert not watch.view(13.0).stale


def test_each_failure_waits_longer_but_never_longer_than_a_minute() -> None:
    watch = Watch(interval_s=5.0)
    waits = []
    for _ in range(6):
        watch.begin()
        watch.failed(GONE, 100.0)
        waits.append(watch.due_at - 100.0)
    assert waits == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]


def test_a_throttled_look_backs_off_four_times_as_far() -> None:
    watch = Watch(interval_s=5.0)
    watch.begin()
    watch.failed(Throttled("asked to slow down"), 0.0)
    assert watch.view(0.0).retry_s == 20.0


def test_one_failure_is_one_row_however_long_it_lasts() -> None:
    watch = Watch()
    took(watch, builders.shifting(), 0.0)
    for at in (6.0, 12.0, 24.0):
        watch.begin()
        watch.failed(GONE, at)
    assert len([t for t in texts(watch) if t.startswith("look")]) == 1


def test_data_is_stale_when_looks_do_not_come_back() -> None:
    watch = Watch(interval_s=5.0)
    took(watch, builders.shifting(), 0.0)
    watch.begin()
    assert not watch.view(15.0).stale
    assert watch.view(15.1).stale


def test_a_paused_console_is_old_on_purpose() -> None:
    watch = Watch()
    took(watch, builders.shifting(), 0.0)
    watch.paused = True
    assert not watch.is_due(1e6)
    assert not watch.view(1e6).stale


def test_the_first_look_tells_the_past_newest_first() -> None:
    watch = Watch()
    took(watch, builders.shifting(), 0.0)
    times = [line.at for line in watch.lines]
    assert times == sorted(times, reverse=True)
    assert any("v42 published" in text for text in texts(watch))


def test_the_next_look_tells_what_changed_and_the_verdict() -> None:
    watch = Watch()
    took(watch, builders.shifting(), 0.0)
    known = len(watch.lines)
    took(watch, replace(builders.failing(), taken=NOW + timedelta(seconds=5)), 5.0)
    new = texts(watch)[: len(watch.lines) - known]
    assert any("checkout-5xx OK → ALARM" in text for text in new)
    assert "verdict SHIFTING → FAILING" in new


def test_what_our_own_action_did_is_told_once() -> None:
    watch = Watch()
    took(watch, builders.by_hand(), 0.0)
    after = builders.alias(Routing(41, 42, 25.0), revision="9ab0c4d2")
    moved = AliasMoved(
        NOW, builders.TARGET, builders.SPLIT, after.routing, after.revision_id, "lambdactl"
    )
    watch.add_events((moved,))
    seen = replace(builders.by_hand(), taken=NOW + timedelta(seconds=5), alias=after)
    took(watch, seen, 5.0)
    moves = [text for text in texts(watch) if text.startswith("weight")]
    assert len(moves) == 1 and "by lambdactl" in moves[0]


def test_a_move_by_somebody_else_is_told() -> None:
    watch = Watch()
    took(watch, builders.by_hand(), 0.0)
    after = builders.alias(Routing(41, 42, 25.0), revision="9ab0c4d2")
    took(watch, replace(builders.by_hand(), taken=NOW + timedelta(seconds=5), alias=after), 5.0)
    assert any("by somebody else" in text for text in texts(watch))


def test_the_interval_moves_along_its_list_and_stops_at_its_ends() -> None:
    watch = Watch(interval_s=5.0)
    watch.slower(1)
    assert watch.interval_s == 10.0
    for _ in range(9):
        watch.slower(-1)
    assert watch.interval_s == 1.0


def test_no_more_rows_are_kept_than_can_be_read() -> None:
    watch = Watch()
    took(watch, builders.shifting(), 0.0)
    mark = watch.lines[0].mark
    for number in range(600):
        watch.add(NOW, mark, "note", str(number))
    assert len(watch.lines) == 500
    assert watch.lines[0].text == "599"


def test_a_clock_that_runs_like_ours_is_foretold_second_by_second() -> None:
    pace = Pace()
    pace.saw(NOW, 0.0)
    pace.saw(NOW + timedelta(seconds=6), 5.0)
    assert pace.speed == 1.0
    assert pace.now(7.0) == NOW + timedelta(seconds=8)


def test_a_sandbox_that_runs_fast_is_foretold_fast() -> None:
    pace = Pace()
    pace.saw(NOW, 0.0)
    pace.saw(NOW + timedelta(seconds=300), 5.0)
    assert pace.speed == 60.0
    assert pace.now(6.0) == NOW + timedelta(seconds=360)


def test_one_look_does_not_tell_how_fast_the_clock_runs() -> None:
    pace = Pace()
    assert pace.now(3.0) is None
    pace.saw(NOW, 0.0)
    assert pace.speed is None
    assert pace.now(60.0) == NOW


def test_a_clock_that_was_set_back_is_learned_anew() -> None:
    pace = Pace()
    pace.saw(NOW, 0.0)
    pace.saw(NOW + timedelta(seconds=300), 5.0)
    pace.saw(NOW, 10.0)
    assert pace.speed is None
    assert pace.now(10.0) == NOW
