"""The session: every failure with its call, every change with its command, how much was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lambdactl.errors import LambdactlError, PermissionDenied, Throttled, Unreachable, UsageError
from lambdactl.tui import Change, SessionLog
from lambdactl.tui.session_log import KEPT, is_read
from tests.tui import builders
from tests.tui.stage import Script, console, copied, opened, press, seen, settle
from tests.tui.test_screens import SIZES, Compare, looking, named
from tests.tui.test_switching import PLACES

DENIED = PermissionDenied(
    "no permission: codedeploy:GetDeployment on deployment d-7K2QXB1",
    action="codedeploy:GetDeployment",
    why="User: arn:aws:iam::123456789012:user/eve is not authorized",
    hint="ask for codedeploy:GetDeployment",
)
DENIED.call, DENIED.aws_code, DENIED.request_id = (
    "codedeploy:GetDeployment",
    "AccessDeniedException",
    "0e1c4b1e-6a2f",
)
CHANGES = (
    Change(
        "b",
        builders.at("14:05:00"),
        "shift",
        "checkout:live",
        "123456789012 eu-west-1",
        ("UpdateAlias checkout:live",),
        "v41 100 %",
        "v41 90 %  v42 10 %",
        "stale",
        "lambdactl --context ops shift -f checkout:live --to 42 --weight 10",
        "PreconditionFailedException",
    ),
    Change(
        "a",
        builders.at("14:01:00"),
        "abort",
        "checkout:live",
        "123456789012 eu-west-1",
        ("StopDeployment d-7K2QXB1", "UpdateAlias checkout:live"),
        "v41 90 %  v42 10 %",
        "v41 100 %",
        "done",
        "lambdactl --context ops abort -f checkout:live",
    ),
)


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


def log() -> SessionLog:
    made = SessionLog(Clock())
    made.count_with(lambda: {"lambda:GetAlias": 1200, "lambda:UpdateAlias": 2})
    made.met(DENIED, "context ops")
    for _ in range(3):
        made.met(Unreachable("AWS lambda does not answer", hint="check the network"), "context ops")
    made.met(Throttled("AWS asked to slow down: lambda:GetAlias"), "eu-west-1")
    return made


def test_what_goes_on_failing_is_one_row_with_a_count() -> None:
    made = log()
    assert [(m.count, type(m.error).__name__) for m in made.errors] == [
        (1, "Throttled"),
        (3, "Unreachable"),
        (1, "PermissionDenied"),
    ]
    assert made.errors[1].since < made.errors[1].at
    assert made.news == 3
    made.looked()
    assert made.news == 0


def test_an_error_that_the_call_and_the_screen_tell_is_one() -> None:
    made = SessionLog()
    other = LambdactlError("other")
    for error in (DENIED, other, DENIED):
        made.met(error)
    assert [m.count for m in made.errors] == [1, 1]


def test_a_session_does_not_grow_without_end() -> None:
    made = SessionLog()
    for n in range(KEPT + 50):
        made.met(LambdactlError(f"failure {n}"))
    assert len(made.errors) == KEPT and str(made.errors[0].error) == f"failure {KEPT + 49}"


def test_reads_are_counted_wherever_one_has_been() -> None:
    made = log()
    made.count_with(lambda: {"lambda:GetAlias": 1, "codedeploy:StopDeployment": 1})
    assert made.calls["lambda:GetAlias"] == 1201
    assert made.reads == 1201
    assert is_read("codedeploy:BatchGetDeployments") and not is_read("lambda:DeleteFunction")


async def test_the_errors_are_listed_with_call_code_request_and_hint() -> None:
    async with opened(Script(), (120, 40), session=log()) as (app, pilot):
        assert "! 3 new" in seen(app).splitlines()[-1]
        await press(pilot, "exclamation_mark")
        screen = seen(app)
        for told in (
            "1,200 reads and 2 writes sent to AWS",
            "■ NO PERMISSION  no permission: codedeploy:GetDeployment on deployment d-7K2QXB1",
            "GetDeployment  AccessDeniedException  request 0e1c4b1e-6a2f  at context ops",
            "User: arn:aws:iam::123456789012:user/eve is not authorized",
            "try: ask for codedeploy:GetDeployment",
            "~ OFFLINE  AWS lambda does not answer",
            "×3 since 14:00:02",
            "‖ THROTTLED",
        ):
            assert told in screen, told
        assert "new" not in screen.splitlines()[-1]
        await press(pilot, "G", "y")
        assert copied(app) == "ask for codedeploy:GetDeployment"
        await press(pilot, "escape")
        assert "new" not in seen(app).splitlines()[-1]


async def test_a_failure_of_a_look_is_in_the_list_and_counted_in_the_footer() -> None:
    async with opened(Script([builders.shifting(), DENIED])) as (app, pilot):
        assert "new" not in seen(app).splitlines()[-1]
        await press(pilot, "r")
        assert seen(app).splitlines()[-1].startswith(" ! 1 new")
        await press(pilot, "exclamation_mark")
        assert "AccessDeniedException" in seen(app)


async def test_a_session_without_a_failure_says_so() -> None:
    async with opened() as (app, pilot):
        await press(pilot, "exclamation_mark")
        assert "nothing has failed in this session" in seen(app)
        await press(pilot, "escape", "at")
        assert "this session has changed nothing" in seen(app)


async def test_every_change_is_listed_with_its_calls_its_end_and_its_command() -> None:
    places = replace(PLACES, changes=lambda: CHANGES)
    async with opened(Script(), (120, 40), places=places, session=log()) as (app, pilot):
        await press(pilot, "at")
        screen = seen(app)
        for told in (
            "shift checkout:live  v41 100 % → v41 90 %  v42 10 %  stale PreconditionFailed",
            "abort checkout:live  v41 90 %  v42 10 % → v41 100 %  done",
            "StopDeployment d-7K2QXB1  at 123456789012 eu-west-1",
            "$ lambdactl --context ops abort -f checkout:live",
            "1,200 reads and 2 writes",
        ):
            assert told in screen, told
        await press(pilot, "G", "y")
        assert copied(app) == "lambdactl --context ops abort -f checkout:live"


async def test_an_audit_log_that_cannot_be_read_is_said() -> None:
    def spoilt() -> tuple[Change, ...]:
        raise UsageError("line 3 of audit.jsonl is not of the audit log")

    async with opened(Script(), places=replace(PLACES, changes=spoilt)) as (app, pilot):
        await press(pilot, "at")
        assert "the audit log: line 3 of audit.jsonl" in seen(app)


async def test_a_change_that_goes_on_is_read_again_until_it_has_ended() -> None:
    told = [(replace(CHANGES[1], outcome="started"),), (CHANGES[1],)]
    places = replace(PLACES, changes=lambda: told.pop(0) if len(told) > 1 else told[0])
    async with opened(Script(), (120, 40), places=places) as (app, pilot):
        await press(pilot, "at")
        assert "is being applied, or it did not end" in seen(app)
        app.tick()
        await settle(pilot)
        assert "did not end" not in seen(app) and "done" in seen(app)


@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize("key", ["exclamation_mark", "at"], ids=["errors", "changes"])
def test_session(snap_compare: Compare, key: str, size: tuple[int, int]) -> None:
    places = replace(PLACES, changes=lambda: CHANGES)
    app = console(Script(), places=places, session=log())
    assert looking(snap_compare, app, size, key)


@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize("key", ["C", "colon"], ids=["context", "palette"])
def test_lists(snap_compare: Compare, key: str, size: tuple[int, int]) -> None:
    assert looking(snap_compare, console(Script(), places=PLACES), size, key)
