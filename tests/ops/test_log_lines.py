"""Following log lines, each once, and errors that say the same in one group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from lambdactl.model_configuration import LogLine
from lambdactl.ops.log_lines import (
    Requests,
    errors_among,
    group_errors,
    is_error,
    pattern_of,
)
from lambdactl.ops.log_tail import DELAY, Looked, Tail, follow_lines
from tests.plan.samples import NOW


def line(n: int, message: str = "ok", seconds: float | None = None) -> LogLine:
    at = NOW + timedelta(seconds=n if seconds is None else seconds)
    return LogLine(f"e{n}", at, "2026/11/20/[42]5f1c2a", message)


def looked(since: datetime, lines: Sequence[LogLine], cut_at: datetime | None = None) -> Looked:
    return Looked(tuple(lines), since, NOW + timedelta(hours=1), cut_at)


def test_a_line_that_comes_late_is_told_once() -> None:
    """CloudWatch takes a line of second 2 in after one of second 5."""
    looks = [[line(1), line(5)], [line(1), line(2), line(5)], [line(5), line(9)]]
    asked: list[datetime] = []

    def look(since: datetime) -> Looked:
        asked.append(since)
        return looked(since, looks[len(asked) - 1])

    told = list(follow_lines(look, since=NOW, wait=lambda: len(asked) < 3))
    assert [x.id for x in told] == ["e1", "e5", "e2", "e9"]
    assert asked == [NOW, NOW, NOW]


def test_each_look_goes_back_only_as_far_as_a_line_may_be_late() -> None:
    asked: list[datetime] = []

    def look(since: datetime) -> Looked:
        asked.append(since)
        return looked(since, [line(600)])

    assert len(list(follow_lines(look, since=NOW, wait=lambda: len(asked) < 2))) == 1
    assert asked == [NOW, NOW + timedelta(seconds=600) - DELAY]


@pytest.mark.parametrize(
    "message",
    [
        "[ERROR] KeyError: 'id'",
        "2026-11-20T14:00:00Z 5f1c Task timed out after 3.00 seconds",
        "Traceback (most recent call last):",
        '{"level": "ERROR", "message": "no"}',
        '{"level":"error"}',
        "RequestId: 5f1c Error: Runtime exited Runtime.ExitError",
        "ValueError: bad",
        "REPORT RequestId: 5f1c Status: timeout",
    ],
)
def test_errors(message: str) -> None:
    assert is_error(line(1, message))


@pytest.mark.parametrize(
    "message",
    ["START RequestId: 5f1c Version: 42", "errors: 0", '{"level": "INFO"}', "no terror here", ""],
)
def test_no_errors(message: str) -> None:
    assert not is_error(line(1, message))


def test_errors_that_differ_only_in_ids_and_numbers_are_one_group() -> None:
    first = "[ERROR] order 17 of 5f1c0000-1111-2222-3333-444444444444 failed at 0xdeadbeef"
    second = "[ERROR] order 99 of 6a2d0000-1111-2222-3333-444444444444 failed at 0xcafe"
    lines = [line(1, first), line(2, "[ERROR] out of disk"), line(3, second), line(4, "fine")]
    groups = group_errors(lines)
    assert [(g.count, g.pattern) for g in groups] == [
        (2, "[ERROR] order <n> of <id> failed at <address>"),
        (1, "[ERROR] out of disk"),
    ]
    assert groups[0].message == second
    assert (groups[0].first, groups[0].last) == (lines[0].at, lines[2].at)


def test_the_newest_of_two_groups_as_large_comes_first() -> None:
    groups = group_errors([line(1, "[ERROR] a"), line(2, "[ERROR] b")])
    assert [g.pattern for g in groups] == ["[ERROR] b", "[ERROR] a"]


def test_a_pattern_is_the_first_line() -> None:
    assert pattern_of("[ERROR] KeyError\tat 7\n  File x") == "[ERROR] KeyError at <n>"


def test_a_look_that_could_not_read_it_all_is_followed_by_one_at_what_is_new() -> None:
    """Who follows a function that logs more than can be read wants its newest lines."""
    asked: list[datetime] = []

    def look(since: datetime) -> Looked:
        asked.append(since)
        there = [x for x in (line(1), line(3600 - 30)) if x.at >= since][:1]
        return looked(since, there, cut_at=there[-1].at if len(asked) == 1 else None)

    tail = Tail(look, NOW)
    assert tail.more().cut_at == line(1).at
    assert [x.id for x in tail.more().lines] == ["e3570"]
    assert asked == [NOW, NOW + timedelta(hours=1) - DELAY]


def test_the_head_of_a_traceback_is_not_an_error_more() -> None:
    head = "Traceback (most recent call last):"
    lines = [line(1, "[ERROR] KeyError"), line(2, head), line(3, "  File x"), line(4, head)]
    assert [x.id for x in errors_among(lines)] == ["e1", "e4"]


ID = "5f1c0000-1111-2222-3333-444444444444"
OTHER = "6a2d0000-1111-2222-3333-444444444444"


def test_an_error_that_names_no_request_is_of_the_one_that_its_stream_began() -> None:
    lines = [line(1, f"START RequestId: {ID} Version: 42"), line(2, "[ERROR] KeyError: 'id'")]
    (group,) = group_errors(lines)
    assert group.request_id == ID
    assert group_errors(lines[1:])[0].request_id is None


def test_what_a_stream_began_is_known_in_the_next_look_too() -> None:
    requests = Requests()
    requests.of([line(1, f"START RequestId: {ID} Version: 42")])
    assert requests.of([line(2, "[ERROR] x"), line(3, f"RequestId: {OTHER} Error: y")]) == {
        "e2": ID,
        "e3": OTHER,
    }


@pytest.mark.parametrize(
    "message",
    [
        f"[ERROR]\t2026-11-20T14:00:00.000Z\t{ID}\tno such order",
        f"2026-11-20T14:00:00.000Z\t{ID}\tERROR\tno such order",
        f"2026-11-20T14:00:00.000Z {ID} Task timed out after 3.00 seconds",
        f'{{"level": "ERROR", "requestId": "{ID}"}}',
        f"REPORT RequestId: {ID} Status: timeout",
    ],
)
def test_the_ways_in_which_runtimes_name_a_request(message: str) -> None:
    assert group_errors([line(1, message)])[0].request_id == ID
