"""A failure in one line: its way out is seen at any width, and where the whole of it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from textual.content import Content

from lambdactl.errors import (
    LambdactlError,
    LoginExpired,
    PermissionDenied,
    Throttled,
    Unreachable,
)
from lambdactl.model import Unread
from lambdactl.render import glyphs
from lambdactl.tui.drawing import advice, fleet_parts, lists, past, rates
from lambdactl.tui.drawing.pen import ASCII, UNICODE
from lambdactl.tui.drawing.verdict import verdict
from lambdactl.tui.drawing.way_out import first, hinted, in_line, ways
from lambdactl.tui.view import Failure, Line, Past, View
from lambdactl.verdict import assess
from tests.tui import builders
from tests.tui.builders import NOW
from tests.tui.test_advice import HERE

DENIED = PermissionDenied(
    "no permission: lambda:GetAlias on alias checkout:live",
    action="lambda:GetAlias",
    why="User: arn:aws:iam::123456789012:user/eve is not authorized to perform: lambda:GetAlias",
    hint="ask for lambda:GetAlias, or run lambdactl iam-policy --read-only",
)
ERRORS: Mapping[str, LambdactlError] = {
    "try: ask for lambda:GetAlias · !: whole": DENIED,
    "try: wait a moment and repeat · !: whole": Throttled(
        "AWS asked to slow down: lambda:GetAlias for alias checkout:live",
        why="Rate exceeded",
        hint="wait a moment and repeat; other tools in the account share the same limits",
    ),
    "try: aws sso login --profile operations-of-the-shop · !: whole": LoginExpired(
        "the login of profile operations-of-the-shop has expired or was never made",
        why="Token for corp does not exist",
        hint="aws sso login --profile operations-of-the-shop   or renew them where they came from",
    ),
    "try: is http://127.0.0.1:40675 the endpoint you mean · !: whole": Unreachable(
        "endpoint http://127.0.0.1:40675 does not answer",
        why="Connection was closed before we received a valid response",
        hint="is http://127.0.0.1:40675 the endpoint you mean, and is it running?",
    ),
}


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        ("aws sso login   or renew them where they came from", "aws sso login"),
        ("aws configure, or set AWS_PROFILE; lambdactl demo needs none", "aws configure"),
        ("lambdactl prune -f a   tells what may go", "lambdactl prune -f a"),
        ("wait until it has ended", "wait until it has ended"),
        ("add --region us-east-1, or: aws configure set region x", "add --region us-east-1"),
    ],
)
def test_the_first_way_out_alone(hint: str, told: str) -> None:
    assert first(hint) == told


def stale(error: LambdactlError, pen_ascii: bool = False, width: int = 80) -> list[str]:
    seen = builders.failing()
    view = View(
        seen, assess(seen), age_s=26.0, now=NOW, failure=Failure(error, 3, 0.0), retry_s=9.0
    )
    return [line.plain.rstrip() for line in verdict(view, width, ASCII if pen_ascii else UNICODE)]


@pytest.mark.parametrize("told", ERRORS)
def test_a_stale_verdict_ends_with_the_way_out(told: str) -> None:
    _, second = stale(ERRORS[told])
    assert second.endswith(told) and len(second) <= 80


@pytest.mark.parametrize("told", ERRORS)
def test_at_its_full_length_nothing_is_cut_and_nothing_is_said_of_it(told: str) -> None:
    first_line, second = stale(ERRORS[told], width=300)
    assert str(ERRORS[told]) in first_line and "whole" not in second
    assert ERRORS[told].hint in second  # type: ignore[operator]


def test_where_only_the_line_above_is_cut_the_one_below_says_so() -> None:
    error = Unreachable("no answer from a place that has a very long name indeed", hint="wait")
    assert stale(error)[1] == " retry in 9s · try: wait · !: whole"
    assert stale(error, pen_ascii=True)[1] == " retry in 9s - try: wait - !: whole"


def test_without_a_way_out_the_retry_is_told() -> None:
    error = LambdactlError("it went wrong", why="for a reason that is told at some length " * 3)
    assert stale(error)[1] == " retry in 9s · !: whole"


def test_the_key_is_the_one_that_the_operator_moved_it_to() -> None:
    moved = UNICODE.with_keys({"session_errors": "F2"})
    line = in_line(Content("x" * 90), hinted("wait", moved), 40, moved)
    assert line.plain == "x" * 15 + "… · try: wait · F2: whole"


def test_a_way_out_for_which_there_is_no_room_at_all() -> None:
    line = in_line(Content("it is gone"), ways(ERRORS_LONG, UNICODE, Content("")), 40, UNICODE)
    assert line.plain == "it is… · try: lambdactl shif… · !: whole"
    assert line.cell_length == 40


ERRORS_LONG = LambdactlError("x", hint="lambdactl shift -f " + "checkout" * 20)


def test_a_part_that_is_not_known_in_the_fleet_has_its_way_out() -> None:
    parts = (
        Unread("alarms", "no permission: cloudwatch:DescribeAlarms", "ask for cloudwatch:Describe"),
        Unread("functions", "no permission"),
    )
    line = fleet_parts.unknown(parts, 80, UNICODE).plain
    assert line == " ? alarms not known: no permissi… · try: ask for cloudwatch:Describe · !: whole"


def test_metrics_that_are_not_known_have_their_way_out() -> None:
    unread = (
        Unread(
            "metrics", "no permission: cloudwatch:GetMetricData", "ask for cloudwatch:GetMetricData"
        ),
    )
    seen = replace(builders.failing(), metrics=None, unread=unread)
    line = rates.rows(View(seen, assess(seen), age_s=0.0, now=NOW), 80, UNICODE)[-1].plain
    assert line.rstrip().endswith("… · try: ask for cloudwatch:GetMetricData · !: whole")
    assert line.startswith(" ? not known: ")


def test_events_of_failures_keep_their_way_out() -> None:
    text = "metrics: no permission: cloudwatch:GetMetricData  try: ask for cloudwatch:GetMetricData"
    line = Line(1, NOW, glyphs.NOT_READ, "unread", text)
    (row,) = lists.events(View(lines=(line,), now=NOW), UNICODE, 78)
    assert row.line.cell_length <= 78
    assert row.line.plain.endswith("… · try: ask for cloudwatch:GetMetricData · !: whole")
    assert row.copied.endswith(text)
    (whole,) = lists.events(View(lines=(line,), now=NOW), UNICODE, 200)
    assert whole.line.plain.endswith(text)


def test_a_past_that_cannot_be_read_keeps_its_way_out() -> None:
    view = View(past=Past("d-1"), failure=Failure(DENIED, 1, 0.0))
    second = past.verdict(view, 80, UNICODE)[1].plain.rstrip()
    assert second.endswith("try: ask for lambda:GetAlias · !: whole")


def test_a_command_that_does_not_fit_beside_what_it_is_for_is_below_it() -> None:
    long = advice.Advice(
        advice.THROTTLED, "x", "", (advice.Step("the policy", f"lambdactl {'x' * 60}"),)
    )
    drawn = advice.rows(long, 80, UNICODE, "", sandbox=False)[-2:]
    assert [row.line.plain for row in drawn] == ["   the policy", f"     $ lambdactl {'x' * 60}"]
    assert {row.copied for row in drawn} == {f"lambdactl {'x' * 60}"}
    assert all(
        row.line.cell_length < 80
        for row in advice.rows(advice.of_error(DENIED, HERE), 80, UNICODE, "", sandbox=True)
    )
