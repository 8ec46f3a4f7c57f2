"""Members of a fleet in the order of need, and what one function is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from lambdactl.errors import Unreachable
from lambdactl.model import Alias, Place, Routing, Unread
from lambdactl.model_configuration import RedAlarm
from lambdactl.ops.fleet import RUNNING, Around, Asking, Member, members, need
from lambdactl.verdict import State, assess
from tests.tui import builders


def member(name: str, snapshot: object = None, **changes: object) -> Member:
    seen = builders.stable() if snapshot is None else snapshot
    made = Member(name, builders.alias(builders.SPLIT), assess(seen))  # type: ignore[arg-type]
    return replace(made, **changes)  # type: ignore[arg-type]


def test_danger_comes_first_then_red_alarms_then_what_was_not_read() -> None:
    red = (RedAlarm("5xx", None, "", ""),)
    found = [
        member("f-stable"),
        member("e-shifting", builders.shifting()),
        member("d-paused", builders.by_hand()),
        member("c-unread", assessment=None, unread="denied"),
        member("b-red", red=red),
        member("bb-running", builders.shifting(), running=True),
        member("a-failing", builders.failing()),
    ]
    assert [m.function for m in sorted(found, key=need)] == [
        "a-failing", "b-red", "bb-running", "c-unread", "d-paused", "e-shifting", "f-stable",
    ]  # fmt: skip


class Gone:
    """An account that does not answer."""

    def aliases(self, function: str) -> None:
        raise Unreachable(f"no answer about {function}")

    def now(self) -> None:
        return None


def test_no_answer_is_of_one_function_only_where_that_is_meant() -> None:
    gone: object = Gone()
    told = list(members(gone, "checkout", Around(), Asking()))  # type: ignore[arg-type]
    assert [(m.function, m.unread) for m in told] == [("checkout", "no answer about checkout")]
    with pytest.raises(Unreachable):
        list(members(gone, "checkout", Around(), Asking(ends=(Unreachable,))))  # type: ignore[arg-type]


class AtRest:
    """An account of one alias that routes to one version."""

    def aliases(self, _function: str) -> tuple[Alias, ...]:
        return (builders.alias(Routing(41)),)

    def now(self) -> datetime:
        return builders.NOW

    def place(self) -> Place:
        return builders.PLACE


def state_of(around: Around) -> State:
    here: object = AtRest()
    (found,) = members(here, "checkout", around, Asking())  # type: ignore[arg-type]
    assert found.assessment is not None
    return found.assessment.state


def test_where_nobody_knows_what_runs_no_row_is_green() -> None:
    unread = (Unread(RUNNING, "no permission: codedeploy:ListDeployments"),)
    refused = Around(unread=unread, taken=builders.NOW)
    assert state_of(Around(taken=builders.NOW, seen=builders.NOW)) is State.STABLE
    assert state_of(refused) is State.NOT_MEASURED
    a_moment_ago = Around(seen=builders.NOW - timedelta(minutes=1))
    assert state_of(refused.after(a_moment_ago)) is State.STABLE
    long_ago = Around(seen=builders.NOW - timedelta(minutes=6))
    assert state_of(refused.after(long_ago)) is State.NOT_MEASURED
