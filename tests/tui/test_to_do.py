"""What should I do: a key for whatever waits for a person, and no word where it is not known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from lambdactl.model import LifecycleEvent, Snapshot, Unread
from lambdactl.tui.drawing import pen
from lambdactl.tui.drawing.to_do import advised, keyed
from lambdactl.tui.drawing.verdict import verdict
from lambdactl.tui.idle import idle
from lambdactl.tui.view import View
from lambdactl.verdict import assess
from tests.tui import builders


def view_of(snapshot: Snapshot) -> View:
    return View(snapshot, assess(snapshot), age_s=0.0, now=builders.NOW)


def said(snapshot: Snapshot) -> str:
    return advised(view_of(snapshot), pen.UNICODE).plain


def called_just_now() -> Snapshot:
    waits = builders.waiting_hook()
    assert waits.deployment is not None
    called = LifecycleEvent("BeforeAllowTraffic", "InProgress", waits.taken - timedelta(seconds=20))
    return replace(waits, deployment=replace(waits.deployment, events=(called,)))


def stopped_by_alarm() -> Snapshot:
    """Rolled back, and the alarm has calmed down since."""
    return replace(builders.rolled_back(), alarms=(builders.alarm(),))


def failed_in_its_hook() -> Snapshot:
    over = stopped_by_alarm()
    assert over.previous is not None
    hook = LifecycleEvent("BeforeAllowTraffic", "Failed", over.taken, over.taken)
    wrong = replace(over.previous, error_code="HOOK_EXECUTION_FAILURE", events=(hook,))
    return replace(over, previous=wrong)


@pytest.mark.parametrize(
    ("look", "told"),
    [
        (builders.failing, "→ a: abort"),
        (builders.by_hand, "→ o: promote or a: abort - nothing drives this split"),
        (builders.waiting_hook, "→ H: answer it, 3: its log"),
        (called_just_now, "nothing to do yet"),
        (builders.rolled_back, "→ 2: checkout-5xx is still red"),
        (stopped_by_alarm, "→ l: its errors"),
        (failed_in_its_hook, "→ 3: the hook's log"),
        (builders.stable, ""),
        (builders.unreadable, ""),
    ],
)
def test_what_to_do(look: Callable[[], Snapshot], told: str) -> None:
    assert said(look()) == told


def test_nothing_to_do_is_said_only_where_everything_was_read() -> None:
    good = builders.shifting()
    assert said(good) == "nothing to do yet"
    assert said(replace(good, unread=(Unread("alarms", "no permission"),))) == ""


def test_that_there_is_nothing_to_do_gives_way_to_what_comes_next() -> None:
    wide = verdict(view_of(called_just_now()), 84, pen.UNICODE)
    assert wide[0].plain.strip().endswith("no traffic on the canary yet")
    assert "it fails in" in wide[1].plain
    assert "nothing to do yet" in wide[1].plain
    narrow = verdict(view_of(builders.shifting()), 60, pen.UNICODE)[1].plain
    assert "next 100 % in" in narrow
    assert "nothing to do" not in narrow


def test_a_shift_is_not_offered_while_an_alarm_is_red() -> None:
    assert "shifts to it again" in verdict(view_of(stopped_by_alarm()), 80, pen.UNICODE)[1].plain
    assert (
        "shifts to it again"
        not in verdict(view_of(builders.rolled_back()), 80, pen.UNICODE)[1].plain
    )


def test_only_verbs_that_a_key_does_are_keyed() -> None:
    told = keyed("shift --resume, promote or abort: the walk was left", pen.UNICODE)
    assert told == "shift --resume, o: promote or a: abort - the walk was left"
    assert keyed("find out who drives this split: no trail", pen.UNICODE) == (
        "find out who drives this split: no trail"
    )


def test_a_row_of_the_fleet_is_opened_first_where_the_key_is_not_one_of_the_fleet() -> None:
    def said_of(snapshot: Snapshot) -> str:
        return advised(replace(view_of(snapshot), near=False), pen.UNICODE).plain

    assert said_of(builders.waiting_hook()) == "→ H: answer it, enter, then 3: its log"
    assert said_of(builders.rolled_back()) == "→ enter, then 2: checkout-5xx is still red"
    assert said_of(stopped_by_alarm()) == "→ l: its errors"
    assert said_of(builders.failing()) == "→ a: abort"


def test_no_shift_is_offered_where_it_is_not_known_who_moves_the_alias() -> None:
    unknown = replace(
        stopped_by_alarm(), deployment=None, previous=None, unread=(Unread("deployment", "denied"),)
    )
    assert "shifts to it" not in verdict(view_of(unknown), 80, pen.UNICODE)[1].plain
    assert idle("shift", unknown) is not None


def test_the_answer_is_a_word_where_what_to_do_takes_the_line() -> None:
    first, second = verdict(view_of(builders.by_hand()), 80, pen.UNICODE)
    assert first.plain.rstrip().endswith("vs v41 0.00 % (0/1,356)")
    assert second.plain.rstrip().endswith("nothing drives this split · INCONCLUSIVE")
    first, second = verdict(view_of(builders.by_hand()), 120, pen.UNICODE)
    assert first.plain.rstrip().endswith("· INCONCLUSIVE: v42 may still fail up to 2 %")
