"""Where there is nothing to show: each cause is drawn on purpose, with its way out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lambdactl.errors import (
    CredentialsError,
    LambdactlError,
    LoginExpired,
    NoCredentials,
    NoRegion,
    NotFound,
    PermissionDenied,
    Throttled,
    Unreachable,
    UsageError,
    WrongAccount,
)
from lambdactl.tui import Choice, Connection, Console, Settings
from lambdactl.tui.drawing import pen, verdict
from lambdactl.tui.drawing.advice import Step, hinted, mark_of, of_error, rows
from lambdactl.tui.screens.fleet import FleetScreen
from lambdactl.tui.watch import Watch
from lambdactl.tui.widgets.listing import Listing
from lambdactl.verdict import assess
from tests.tui import builders
from tests.tui.archive import Archive
from tests.tui.fleet_stage import FleetScript
from tests.tui.stage import Clock, Script, connecting, console, copied, opened, press, seen, settle
from tests.tui.test_screens import SIZES, Compare, looking, named
from tests.tui.test_switching import PLACES, World

EXPIRED = LoginExpired(
    "the login of profile ops has expired or was never made",
    why="Token for corp does not exist",
    hint="aws sso login --profile ops   or renew them where they came from",
)
CAUSES: dict[str, LambdactlError] = {
    "LOGIN EXPIRED": EXPIRED,
    "NO CREDENTIALS": NoCredentials(
        "there are no usable AWS credentials",
        why="Unable to locate credentials",
        hint="aws configure   or set AWS_PROFILE",
    ),
    "WRONG ACCOUNT": WrongAccount(
        "these credentials are for account 111111111111, not for 123456789012",
        why="account 123456789012 ← ./lambdactl.toml; nothing was read or changed there",
        hint="--profile NAME, of a profile for account 123456789012",
    ),
    "NOT LET IN": CredentialsError("AWS does not know these credentials"),
    "NO REGION": NoRegion("no region is set", hint="add --region us-east-1"),
    "NO PERMISSION": PermissionDenied(
        "no permission: lambda:ListAliases on function checkout",
        action="lambda:ListAliases",
        why="User: arn:aws:iam::123456789012:user/eve is not authorized",
    ),
    "THROTTLED": Throttled("AWS asked to slow down: lambda:GetAlias", hint="wait a moment"),
    "OFFLINE": Unreachable("AWS lambda does not answer", why="Connect timeout", hint="try again"),
    "NOT HERE": NotFound("function checkout was not found in eu-west-1"),
    "NOT CONFIGURED": UsageError("The config profile (opz) could not be found"),
    "NOT READ": LambdactlError("lambda:GetAlias failed unexpectedly"),
}
WAYS = {
    "LOGIN EXPIRED": ("$ aws sso login --profile ops", "then go on with the new login   r", "P"),
    "NO CREDENTIALS": ("$ aws configure sso", "$ lambdactl demo", "$ lambdactl sandbox start"),
    "WRONG ACCOUNT": ("another profile                 P", "another context                 C"),
    "NOT LET IN": ("another profile", "$ lambdactl --profile ops doctor"),
    "NO REGION": ("another region                  R", "$ lambdactl demo"),
    "NO PERMISSION": ("$ lambdactl iam-policy --read-only", "$ aws sts get-caller-identity"),
    "THROTTLED": ("try again now                   r", "every failure of this session   !"),
    "OFFLINE": ("another context                 C", "$ lambdactl --profile ops doctor"),
    "NOT HERE": (
        "open one that is here           esc",
        "another region                  R",
        "$ lambdactl --profile ops list",
    ),
    "NOT CONFIGURED": ("another profile",),
    "NOT READ": ("every failure of this session",),
}


HERE = connecting(Script(), flags="--profile ops")(Choice())


@pytest.mark.parametrize("word", CAUSES)
def test_each_cause_has_its_word_and_its_way_out(word: str) -> None:
    drawn = rows(of_error(CAUSES[word], HERE), 100, pen.UNICODE, "trying now", sandbox=False)
    told = "\n".join(row.line.plain for row in drawn)
    assert f"{word}  {CAUSES[word]}" in told
    for way in WAYS[word]:
        assert way in told, way
    assert "to the sandbox" not in told


async def test_a_first_look_that_fails_fills_the_screen_until_one_succeeds() -> None:
    async with opened(Script([EXPIRED, builders.shifting()]), flags="--profile ops") as (
        app,
        pilot,
    ):
        screen = seen(app)
        assert "LOGIN EXPIRED" in screen.splitlines()[1]
        assert "TRAFFIC" not in screen and "? help" in screen
        await press(pilot, "r")
        assert "SHIFTING" in seen(app) and "LOGIN EXPIRED" not in seen(app)
        assert app.screen.focused is app.screen.query_one("#events")


@pytest.mark.parametrize("word", CAUSES)
def test_the_last_good_data_stays_with_the_cause_beside_it(word: str) -> None:
    known = Watch()
    snapshot = builders.shifting()
    known.took(snapshot, assess(snapshot), 0.0)
    known.failed(CAUSES[word], 10.0)
    first, second = verdict.verdict(known.view(12.0), 120, pen.UNICODE)
    assert first.plain.startswith(" ~ STALE 12s, was ● SHIFTING · ") and word in first.plain
    assert "retry in" in second.plain


@pytest.mark.parametrize("word", ["LOGIN EXPIRED", "NO PERMISSION"])
async def test_the_fleet_says_it_too(word: str) -> None:
    error = CAUSES[word]
    script = Script(fleet=FleetScript(failing={"names": error, "around": error}))
    async with opened(script, target=None) as (app, _):
        assert isinstance(app.page, FleetScreen)
        assert word in seen(app) and "What to do next" in seen(app)


async def test_an_empty_region_says_where_else_to_look() -> None:
    async with opened(Script(), target=None, flags="--region eu-west-1") as (app, _):
        screen = seen(app)
        assert "NO FUNCTIONS  There is no function in this account and region." in screen
        assert "another region                  R" in screen
        assert "$ lambdactl --region eu-west-1 deploy" in screen and "$ lambdactl demo" in screen


async def test_versions_and_what_is_read_of_the_past_say_it_too() -> None:
    script = Script([builders.stable()], surveys=[EXPIRED], archive=Archive(rollouts=[EXPIRED]))
    async with opened(script) as (app, pilot):
        for key in ("v", "h"):
            await press(pilot, key)
            assert "LOGIN EXPIRED" in seen(app) and "$ aws sso login --profile ops" in seen(app)
            await press(pilot, "escape")


async def test_a_survey_that_failed_is_made_again_when_aws_answers() -> None:
    clock = Clock()
    script = Script([builders.stable()], surveys=[EXPIRED, builders.survey()])
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, "v")
        app.tick()
        await settle(pilot)
        assert "LOGIN EXPIRED" in seen(app), "a survey is dear: not every second"
        clock.at += 30.0
        app.tick()
        await settle(pilot)
        assert "LOGIN EXPIRED" not in seen(app) and "keep newest 5" in seen(app)


async def test_y_copies_the_command_under_the_cursor() -> None:
    async with opened(Script([EXPIRED])) as (app, pilot):
        await press(pilot, *["down"] * 4, "y")
        assert copied(app) == "aws sso login --profile ops"


async def test_one_key_leads_to_the_sandbox_that_runs() -> None:
    world = World()
    world.scripts["start"].looks = [CAUSES["NO CREDENTIALS"]]
    app = world.console()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        assert "to the sandbox that runs here   x" in seen(app) and "x to the sandbox" in seen(app)
        await press(pilot, "x")
        assert world.choices[-1] == Choice(context="sandbox")
        assert app.connection.badge == "SANDBOX"


async def test_where_no_sandbox_runs_none_is_offered() -> None:
    world = World()
    world.scripts["start"].looks = [CAUSES["NO CREDENTIALS"]]
    app = world.console(replace(PLACES, sandbox=lambda: None))
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        assert "to the sandbox" not in seen(app)
        await press(pilot, "x")
        assert world.choices == [Choice()]


def test_the_marks_differ_in_their_words() -> None:
    assert len({mark_of(error).word for error in CAUSES.values()}) == len(CAUSES)
    assert mark_of(CAUSES["OFFLINE"], in_sandbox=True).word == "SANDBOX GONE"


def test_the_commands_of_a_hint_are_steps_of_their_own() -> None:
    assert [s.command for s in hinted(EXPIRED)] == ["aws sso login --profile ops", ""]
    assert list(hinted(LambdactlError("x"))) == []
    assert list(hinted(LambdactlError("x", hint="ask"))) == [Step("ask")]


async def test_ascii_has_no_other_sign() -> None:
    async with opened(Script([EXPIRED]), ascii=True) as (app, _):
        assert "[XX] LOGIN EXPIRED" in seen(app)
        assert seen(app).isascii()


@pytest.mark.parametrize(
    "word", [w for w in CAUSES if w != "LOGIN EXPIRED"], ids=lambda w: w.replace(" ", "-").lower()
)
@pytest.mark.parametrize("size", SIZES, ids=named)
def test_cause(snap_compare: Compare, word: str, size: tuple[int, int]) -> None:
    assert looking(snap_compare, console(Script([CAUSES[word]]), places=PLACES), size)


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_expired(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looking(snap_compare, console(Script([EXPIRED]), places=PLACES), size)


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_no_functions(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = console(Script(), target=None, places=PLACES, badge="PROD", production=True)
    assert looking(snap_compare, app, size)


def test_a_connection_is_all_that_is_needed_to_open() -> None:
    """Nothing is asked of AWS, and no file of the operator's is read, to make the console."""

    def connect(_choice: Choice) -> Connection:
        script = Script()
        return Connection(script.on, script.fleet.reads())

    app = Console(connect, Settings())
    assert app.places is None and app.session.errors == ()


async def test_the_advice_is_a_list_and_the_mouse_works_in_it() -> None:
    async with opened(Script([EXPIRED])) as (app, pilot):
        listing = app.screen.query_one("#advice", Listing)
        await pilot.click(listing, offset=(5, 4))
        await pilot.pause()
        await press(pilot, "y")
        assert copied(app) == "aws sso login --profile ops"


def test_the_command_of_a_hint_is_a_row_of_its_own_once() -> None:
    gone = NotFound(
        "function checkout was not found",
        hint="check the name, the region and the profile; lambdactl list   shows what is there",
    )
    drawn = rows(of_error(gone, HERE), 100, pen.UNICODE, "trying now", sandbox=False)
    told = [row.line.plain.strip() for row in drawn]
    assert "check the name, the region and the profile" in told
    assert sum("$ lambdactl --profile ops list" in line for line in told) == 1
