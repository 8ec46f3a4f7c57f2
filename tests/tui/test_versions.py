"""The versions screen: why each stays or goes, and the one deed that cannot be undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from textual.widgets import Button

from lambdactl.errors import PermissionDenied, Unreachable
from lambdactl.model import Unread
from lambdactl.ops.events import Event, VersionDeleted
from lambdactl.plan import DeleteVersion, Plan
from lambdactl.tui.dialogs.plan import PlanDialog, Stage
from lambdactl.tui.screens.rollout import RolloutScreen
from lambdactl.tui.screens.versions import VersionsScreen
from lambdactl.tui.widgets.listing import Listing
from tests.tui import builders
from tests.tui.builders import NOW
from tests.tui.stage import Script, copied, opened, press, seen


def deleted(plan: Plan) -> Iterator[Event]:
    for action in plan.actions:
        assert isinstance(action, DeleteVersion)
        yield VersionDeleted(NOW, action.function, action.version, action.code_size)


def resting(**changes: object) -> Script:
    return Script([builders.stable()], happens=deleted, **changes)  # type: ignore[arg-type]


async def test_every_version_has_its_fate_and_the_reason() -> None:
    async with opened(resting()) as (app, pilot):
        await press(pilot, "v")
        screen = seen(app)
    for told in (
        "58.0 GB of 75.0 GB, 77.3 %",
        "v41   2026-11-22   1d   12.4 MB  live 100 %     keep   live (stable)",
        "v40   2026-11-21   2d   12.4 MB  -              keep   previous of live (v41)",
        "✗ v36",
        "DELETE not in newest 5",
        "beta 100 %     keep   beta (stable)",
        "delete 6 · keep 7 · frees up to",
        "A deleted version cannot be brought back.",
    ):
        assert told in screen, told


async def test_plus_and_minus_change_what_is_kept() -> None:
    async with opened(resting()) as (app, pilot):
        await press(pilot, "v", "plus")
        assert "keep newest 6" in seen(app) and "delete 5" in seen(app)
        await press(pilot, *["minus"] * 9)
        assert "keep newest 2" in seen(app)


async def test_prune_asks_for_the_functions_name() -> None:
    script = resting()
    async with opened(script) as (app, pilot):
        await press(pilot, "v", "D")
        assert isinstance(app.screen, PlanDialog)
        assert app.focused is not None and app.focused.id == "typed"
        assert "Delete  v36 v33 v32 v31 v30 v29" in seen(app)
        assert "Keep    v39 v38 v37  newest 5" in seen(app)
        ok = app.screen.query_one("#ok", Button)
        await press(pilot, *"checkou")
        assert ok.disabled
        await press(pilot, "enter")
        assert script.applied == []
        await press(pilot, "t")
        assert not ok.disabled
        await press(pilot, "enter")
        assert "prune is done" in seen(app)
    (plan,) = script.applied
    gone = [a.version for a in plan.actions if isinstance(a, DeleteVersion)]
    assert gone == [29, 30, 31, 32, 33, 36]


async def test_a_prune_of_nothing_can_only_be_closed() -> None:
    script = resting()
    async with opened(script) as (app, pilot):
        await press(pilot, "v", *["plus"] * 9, "D")
        screen = seen(app)
        assert "Nothing to delete; keep 13." in screen
        assert "Undo" not in screen and "Delete 0" not in screen
        assert not app.screen.query_one("#ok", Button).display
        assert "[ Close ]" in screen
        await press(pilot, "enter")
    assert script.applied == []


async def test_d_on_the_rollout_leads_to_the_dialog_of_a_prune() -> None:
    async with opened(resting()) as (app, pilot):
        await press(pilot, "D")
        assert isinstance(app.screen, PlanDialog)
        await press(pilot, "escape")
        assert isinstance(app.screen, VersionsScreen)


async def test_a_version_that_is_in_use_since_then_is_not_deleted() -> None:
    """Between dialog and confirmation an alias was put on v33."""
    before = builders.survey()
    taken = replace(before.aliases[1], routing=replace(before.aliases[1].routing, stable=33))
    script = resting(surveys=[before, replace(before, aliases=(before.aliases[0], taken))])
    async with opened(script) as (app, pilot):
        await press(pilot, "v", "D", *"checkout", "enter")
        assert isinstance(app.screen, PlanDialog)
        assert app.screen.stage is Stage.CHANGED
        assert "v33  keep: beta (stable)" in seen(app)
    assert script.applied == []


async def test_a_source_that_could_not_be_read_refuses_the_prune_and_shows_the_versions() -> None:
    survey = builders.survey()
    assert survey.inventory is not None
    unread = Unread(
        "event source mappings", "no permission: lambda:ListEventSourceMappings", "ask for it"
    )
    blind = replace(survey, inventory=replace(survey.inventory, unread=(unread,)))
    async with opened(resting(surveys=[blind])) as (app, pilot):
        await press(pilot, "v")
        screen = seen(app)
        assert "event source mappings could not be read" in screen
        assert "no permission: lambda:ListEventSourceMappings" in screen
        assert "v41" in screen and "DELETE" not in screen
        await press(pilot, "D")
        assert not app.screen.query_one("#ok", Button).display


async def test_a_survey_that_fails_says_why() -> None:
    gone = Unreachable("no answer", why="timed out", hint="lambdactl sandbox start")
    async with opened(resting(surveys=[gone, builders.survey()])) as (app, pilot):
        await press(pilot, "v")
        assert "no answer" in seen(app) and "$ lambdactl sandbox start" in seen(app)
        await press(pilot, "D")
        assert isinstance(app.screen, VersionsScreen)
        await press(pilot, "r")
        assert "live (stable)" in seen(app)


async def test_storage_that_was_not_read_is_unknown() -> None:
    unread = (Unread("storage", "no permission: lambda:GetAccountSettings"),)
    blind = replace(builders.survey(), storage=None, unread=unread)
    async with opened(resting(surveys=[blind])) as (app, pilot):
        await press(pilot, "v")
        assert "? not known: no permission: lambda:GetAccountSettings" in seen(app)


async def test_a_refused_survey_names_the_missing_permission() -> None:
    denied = PermissionDenied(
        "no permission: lambda:ListVersionsByFunction", action="lambda:ListVersionsByFunction"
    )
    async with opened(resting(surveys=[denied])) as (app, pilot):
        await press(pilot, "v")
        assert "no permission: lambda:ListVersionsByFunction" in seen(app)


async def test_y_copies_the_version_under_the_cursor() -> None:
    async with opened(resting()) as (app, pilot):
        await press(pilot, "v", "down", "y")
        assert copied(app) == "checkout:40"


async def test_the_cursor_stays_on_its_version_when_another_number_is_kept() -> None:
    async with opened(resting()) as (app, pilot):
        await press(pilot, "v", *["down"] * 5, "plus")
        row = app.screen.query_one("#list", Listing).row
        assert row is not None and row.key == "v36"


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_there_is_a_way_back(key: str) -> None:
    async with opened(resting()) as (app, pilot):
        await press(pilot, "v", key)
        assert isinstance(app.screen, RolloutScreen)
        assert not app._exit


async def test_the_longest_form_keeps_its_buttons_in_sight() -> None:
    """A shift with its fields, in production, of a function with the longest name there is."""
    long = replace(builders.longest(), deployment=None)
    script = Script([long])
    async with opened(script, target=long.target, production=True) as (app, pilot):
        await press(pilot, "s", "plus", "plus", "plus", "plus")
        screen = seen(app)
        assert "[ Cancel ]" in screen and "[ All traffic to v42 ]" in screen
        assert "Type the function's name to confirm:" in screen


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
async def test_the_dialog_of_a_prune_keeps_its_field_and_buttons_in_sight(
    size: tuple[int, int],
) -> None:
    many = replace(
        builders.survey(),
        versions=tuple(builders.version(n) for n in range(1, 42)),
    )
    assert many.inventory is not None
    read = replace(many.inventory, policies_read=frozenset(range(1, 42)))
    async with opened(resting(surveys=[replace(many, inventory=read)]), size) as (app, pilot):
        await press(pilot, "v", "D")
        screen = seen(app)
        assert "[ Cancel ]" in screen and "[ Delete 34 ]" in screen
        assert "Type the function's name to confirm:" in screen
        assert "and 10 more" in screen
