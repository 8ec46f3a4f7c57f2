"""Members of a fleet in the order of need, and what one function is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lambdactl.errors import Unreachable
from lambdactl.model_configuration import RedAlarm
from lambdactl.ops.fleet import Around, Asking, Member, members, need
from lambdactl.verdict import assess
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
