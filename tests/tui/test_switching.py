"""Going elsewhere while the console is open: the lists, the arrival, and what comes back late."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from lambdactl.errors import Unreachable, UsageError
from lambdactl.model import Place, Target
from lambdactl.ops.events import Event
from lambdactl.plan import Plan
from lambdactl.tui import Choice, Connection, Console, Here, Places, Settings, Spot, themes
from lambdactl.tui.dialogs.chooser import Chooser, Offer, found
from lambdactl.tui.drawing import offers, pen
from lambdactl.tui.screens.fleet import FleetScreen
from lambdactl.tui.screens.rollout import RolloutScreen
from lambdactl.tui.switch import SpotChooser
from lambdactl.tui.widgets.listing import Listing
from tests.tui import builders
from tests.tui.stage import Clock, Script, opened, press, seen, settle

CONTEXTS = (
    Spot("aws", "what AWS's own environment and config say", "built in"),
    Spot("sandbox", "running at http://127.0.0.1:4566", "built in"),
    Spot("prod-checkout", "function checkout:live  profile ops  env prod", "~/config.toml"),
)
PROFILES = (Spot("dev", "keys  eu-west-1", "~/.aws/config"), Spot("ops", "SSO", "~/.aws/config"))
REGIONS = (Spot("eu-central-1", "Europe (Frankfurt)"), Spot("eu-west-1", "Europe (Ireland)"))
PLACES = Places(lambda: CONTEXTS, lambda: PROFILES, lambda: REGIONS, lambda: "sandbox", lambda: ())


class World:
    """Three places to connect to, each with a script of its own, and the choices that were made."""

    def __init__(self, **start: object) -> None:
        self.scripts = {name: Script() for name in ("start", "prod-checkout", "sandbox", "other")}
        self.choices: list[Choice] = []
        self.start = start

    def connect(self, choice: Choice) -> Connection:
        self.choices.append(choice)
        name = choice.context or ("other" if choice != Choice() else "start")
        if name not in self.scripts:
            hint = "lambdactl context list"
            raise UsageError(f"there is no context {name}", hint=hint)
        script = self.scripts[name]
        prod = name == "prod-checkout"
        here = Connection(
            script.on,
            script.fleet.reads(),
            aliases=script.names,
            here=Here(choice.context, choice.profile, choice.region),
            target=builders.TARGET if name != "sandbox" else None,
            badge="PROD" if prod else name.upper(),
            read_only="env prod" if prod else None,
            production=prod,
            theme="lambdactl-light" if prod else None,
        )
        return replace(here, **self.start) if name == "start" else here  # type: ignore[arg-type]

    def console(self, places: Places = PLACES) -> Console:
        return Console(self.connect, Settings(), places, clock=Clock(), ticks=False)


async def choose(pilot: Pilot[None], key: str, typed: str) -> None:
    await press(pilot, key)
    await pilot.press(*typed)
    await press(pilot, "enter")


async def test_a_context_is_chosen_and_all_pages_are_of_it() -> None:
    world = World()
    app = world.console()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await press(pilot, "v")
        before = app.page
        await press(pilot, "C")
        assert isinstance(app.screen, SpotChooser)
        told = seen(app)
        assert "▸ aws" in told and "here" in told and "~/config.toml" in told
        await pilot.press(*"prod")
        await press(pilot, "enter")
        assert world.choices[-1] == Choice(context="prod-checkout")
        assert isinstance(app.page, RolloutScreen) and app.page is not before
        assert [s for s in app.screen_stack if not s.is_modal][1:] == [app.page]
        assert "PROD" in seen(app) and "READ-ONLY" in seen(app)
        assert app.theme == "lambdactl-light"
        await press(pilot, "s")
        assert any("read-only" in n.message for n in app._notifications)


async def test_a_place_without_a_target_begins_with_its_fleet() -> None:
    world = World()
    app = world.console()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await choose(pilot, "C", "sandbox")
        assert isinstance(app.page, FleetScreen)


@pytest.mark.parametrize(
    ("key", "typed", "choice"),
    [
        ("P", "ops", Choice(profile="ops")),
        ("R", "frankfurt", Choice(region="eu-central-1")),
        ("R", "eu-nowhere-9", Choice(region="eu-nowhere-9")),
    ],
)
async def test_a_profile_or_a_region_shows_the_same_alias_there(
    key: str, typed: str, choice: Choice
) -> None:
    world = World(target=None)
    app = world.console()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        app.open(Target("billing", "beta"))
        await settle(pilot)
        await choose(pilot, key, typed)
        assert world.choices[-1] == choice
        assert app.page.target == Target("billing", "beta")
        assert world.scripts["other"].targets == [Target("billing", "beta")]


async def test_a_region_is_added_to_a_profile_and_a_context_ends_both() -> None:
    world = World()
    app = world.console()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await choose(pilot, "P", "ops")
        await choose(pilot, "R", "eu-west-1")
        assert world.choices[-1] == Choice(profile="ops", region="eu-west-1")
        await choose(pilot, "C", "sandbox")
        assert world.choices[-1] == Choice(context="sandbox")


async def test_where_there_is_no_such_place_one_stays_and_is_told() -> None:
    world = World()
    app = world.console()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        page = app.page
        await choose(pilot, "C", "nowhere")
        assert app.page is page and app.choice == Choice()
        (note,) = app._notifications
        assert note.message == "there is no context nowhere; try: lambdactl context list"
        assert [met.error.hint for met in app.session.errors] == ["lambdactl context list"]


async def test_a_place_that_does_not_answer_can_be_left() -> None:
    world = World()
    gate = threading.Event()
    world.scripts["start"].gate = gate
    app = world.console()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        old = app.page
        assert isinstance(old, RolloutScreen)
        await pilot.press("C")
        while not isinstance(app.screen, SpotChooser) or app.screen.reading:
            await pilot.pause()
        await pilot.press(*"prod", "enter")
        await settle(pilot)
        drawn = seen(app)
        assert "PROD" in drawn and "SHIFTING" in drawn
        gate.set()
        while old.subject.watch.looking:
            await pilot.pause()
        assert seen(app) == drawn, "what came back late changed the new place"
        assert not app._notifications


async def test_a_list_that_cannot_be_read_says_why_and_takes_a_typed_name() -> None:
    def spoilt() -> tuple[Spot, ...]:
        raise UsageError("~/.aws/config cannot be read", hint="mend line 3")

    world = World()
    app = world.console(replace(PLACES, profiles=spoilt))
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await press(pilot, "P")
        assert "~/.aws/config cannot be read" in seen(app) and "try: mend line 3" in seen(app)
        await pilot.press(*"ops")
        await press(pilot, "enter")
        assert world.choices[-1] == Choice(profile="ops")


async def test_another_alias_of_the_function_is_opened() -> None:
    world = World()
    world.scripts["start"].aliases = [("beta", "live")]
    app = world.console()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await press(pilot, "A")
        assert "▸ live" in seen(app)
        await pilot.press("up")
        await press(pilot, "enter")
        assert app.page.target == Target("checkout", "beta")
        await press(pilot, "escape")
        assert app.page.target == builders.TARGET


async def test_the_aliases_of_a_function_that_cannot_be_read_can_be_typed() -> None:
    world = World()
    world.scripts["start"].aliases = [Unreachable("AWS lambda does not answer")]
    app = world.console()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await choose(pilot, "A", "canary")
        assert app.page.target == Target("checkout", "canary")


async def test_what_is_being_applied_stays_visible_elsewhere_and_its_end_is_told() -> None:
    gate = threading.Event()

    def slowly(_plan: Plan) -> Iterator[Event]:
        gate.wait()
        yield from ()

    world = World()
    world.scripts["start"] = Script([builders.failing()], happens=slowly)
    app = world.console()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await press(pilot, "a")
        await pilot.press("enter")
        while app.applying is None:
            await pilot.pause()
        await pilot.press("escape", "C")
        while not isinstance(app.screen, SpotChooser) or app.screen.reading:
            await pilot.pause()
        await pilot.press(*"prod", "enter")
        while not isinstance(app.page, RolloutScreen) or app.page.connection.badge != "PROD":
            await pilot.pause()
        await pilot.pause()
        app.show()
        await pilot.pause()
        assert "abort of checkout:live at START is being applied" in seen(app)
        gate.set()
        await settle(pilot)
        assert "is being applied" not in seen(app)
        told = [n.message for n in app._notifications]
        assert any(t.startswith("abort of checkout:live at START is done") for t in told), told


async def test_a_double_click_chooses_and_escape_does_not() -> None:
    world = World()
    app = world.console()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await press(pilot, "C")
        listing = app.screen.query_one("#found", Listing)
        await pilot.click(listing, offset=(5, 2))
        await pilot.pause()
        assert listing.cursor == 2 and isinstance(app.screen, Chooser)
        await press(pilot, "escape")
        assert world.choices == [Choice()]
        await press(pilot, "C")
        await pilot.click(app.screen.query_one("#found", Listing), offset=(5, 2), times=2)
        await settle(pilot)
        assert world.choices[-1] == Choice(context="prod-checkout")


async def test_the_theme_of_a_dumb_terminal_is_not_changed_by_a_context() -> None:
    world = World()
    app = Console(
        world.connect, Settings(theme=themes.MONO.name), PLACES, clock=Clock(), ticks=False
    )
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await choose(pilot, "C", "prod-checkout")
        assert app.theme == themes.MONO.name


def offered(*names: str) -> list[Offer]:
    return [offers.spot(Spot(name, f"about {name}"), lambda: None, pen.UNICODE) for name in names]


def test_the_exact_name_is_found_first_then_what_begins_with_it() -> None:
    names = offered("us-east-10", "x-us-east-1", "us-east-1", "eu")
    assert [o.name for o in found(names, "us-east-1")] == ["us-east-1", "us-east-10", "x-us-east-1"]
    assert [o.name for o in found(names, "ABOUT east")] == [
        "us-east-10",
        "x-us-east-1",
        "us-east-1",
    ]
    assert found(names, "nothing") == []


def test_a_place_is_known_by_what_led_to_it() -> None:
    assert Here("prod", None, "eu-west-1").label == "prod eu-west-1"
    assert Here().label == ""
    assert Place("1", "eu-west-1").partition == "aws"


async def test_a_long_list_begins_where_we_are_and_ascii_has_no_other_sign() -> None:
    names = [f"region-{n}" for n in range(40)]
    places = replace(PLACES, regions=lambda: tuple(Spot(name) for name in names))
    here = Here(region="region-33")
    async with opened(Script(), places=places, here=here, ascii=True) as (app, pilot):
        app.say("told")
        await press(pilot, "R")
        assert "> region-33" in seen(app)
        assert seen(app).isascii()
