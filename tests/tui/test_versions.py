"""The versions screen: why each stays or goes, and the one deed that cannot be undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Button

from lambdactl.errors import PermissionDenied, Unreachable
from lambdactl.model import Unread, VersionUse
from lambdactl.ops.events import Event, VersionDeleted
from lambdactl.ops.plan_file import read_sections
from lambdactl.plan import DeleteVersion, Plan
from lambdactl.tui.dialogs.plan import PlanDialog, Stage
from lambdactl.tui.dialogs.version import VersionDialog
from lambdactl.tui.screens.rollout import RolloutScreen
from lambdactl.tui.screens.versions import VersionsScreen
from lambdactl.tui.widgets.listing import Listing
from tests.tui import builders
from tests.tui.builders import NOW
from tests.tui.stage import Clock, Script, copied, opened, press, seen, settle


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


async def test_marked_versions_alone_go_and_the_command_says_which() -> None:
    script = resting()
    async with opened(script) as (app, pilot):
        await press(pilot, "v", *["down"] * 5, "space", "end", "space")
        screen = seen(app)
        assert "delete 2 of 2 marked · keep 11 · frees up to 24.6 MB" in screen
        assert "*✗ v36" in screen and "*✗ v29" in screen and "   v33" in screen
        assert "not chosen" in screen
        await press(pilot, "Y")
        assert copied(app) == "lambdactl prune -f checkout:live --keep 5 --only 29,36 --dry-run"
        await press(pilot, "D")
        assert "Delete  v36 v29" in seen(app)
        assert isinstance(app.screen, PlanDialog)
        assert app.screen.command == "lambdactl prune -f checkout:live --keep 5 --only 29,36"
        await press(pilot, *"checkout", "enter")
        assert "prune is done" in seen(app)
    (plan,) = script.applied
    assert [a.version for a in plan.actions if isinstance(a, DeleteVersion)] == [29, 36]


async def test_a_mark_on_what_is_kept_says_why_it_stays_and_prunes_nothing() -> None:
    async with opened(resting()) as (app, pilot):
        await press(pilot, "v", "space")
        told = "v41 is marked and stays: live (stable)"
        assert [n.message for n in app._notifications] == [told]
        screen = seen(app)
        assert "delete 0 of 1 marked · keep 13" in screen and told in screen
        app.clear_notifications()
        await press(pilot, "D", "e", "Y")
        assert isinstance(app.screen, VersionsScreen)
        assert [n.message for n in app._notifications] == [
            f"nothing of what is marked goes: {told}",
            "no plan to write: no version would go",
            f"no command to copy: nothing of what is marked goes: {told}",
        ]
        await press(pilot, "up", "space")
        assert "delete 6 · keep 7" in seen(app)


async def test_where_a_prune_is_refused_marks_say_so_too() -> None:
    """A version is marked, and then a deployment begins."""
    before = builders.survey()
    assert before.inventory is not None
    running = replace(before.inventory, deployments=(builders.deployment(),))
    script = resting(surveys=[before, replace(before, inventory=running), before])
    async with opened(script) as (app, pilot):
        await press(pilot, "v", *["down"] * 5, "space", "r")
        app.clear_notifications()
        await press(pilot, "D", "e")
        assert isinstance(app.screen, VersionsScreen)
        why = "cannot prune checkout: deployment d-7K2QXB1 is InProgress"
        told = [why, f"no plan to write: {why}"]
        assert [n.message for n in app._notifications] == told
        await press(pilot, "Y")
        assert copied(app) == "lambdactl prune -f checkout:live --keep 5 --only 36 --dry-run"
        await press(pilot, "r", "D")
        assert isinstance(app.screen, PlanDialog)
        assert "Delete  v36" in seen(app)


async def test_a_marked_version_that_came_into_use_is_not_deleted() -> None:
    before = builders.survey()
    taken = replace(before.aliases[1], routing=replace(before.aliases[1].routing, stable=33))
    script = resting(surveys=[before, replace(before, aliases=(before.aliases[0], taken))])
    async with opened(script) as (app, pilot):
        await press(pilot, "v", *["down"] * 8, "space", "D", *"checkout", "enter")
        assert isinstance(app.screen, PlanDialog)
        assert app.screen.stage is Stage.REFUSED
        assert "cannot prune v33 of checkout: beta (stable)" in seen(app)
    assert script.applied == []


async def test_a_mark_goes_with_its_version() -> None:
    before = builders.survey()
    script = resting(surveys=[before, replace(before, versions=before.versions[1:])])
    async with opened(script) as (app, pilot):
        await press(pilot, "v", "end", "space")
        assert "delete 1 of 1 marked" in seen(app)
        await press(pilot, "r")
        assert "delete 5 · keep 7" in seen(app)


async def test_the_plan_that_is_shown_is_written_for_the_command_line(tmp_path: Path) -> None:
    async with opened(resting(), save_to=tmp_path) as (app, pilot):
        await press(pilot, "v", *["down"] * 5, "space", "e")
        path = tmp_path / "lambdactl-checkout-20261123-140722.plan.jsonl"
        (section,) = read_sections(path)
        (plan,) = section.functions()
        assert [d.version for d in plan.deletes] == [36]
        assert isinstance(app.screen, VersionsScreen)
        assert app.screen.written == f"lambdactl prune --apply {path}"
        assert "Plan written; within an hour: lambdactl prune --apply" in seen(app)
        written = path.read_bytes()
        await press(pilot, "e")
        assert path.read_bytes() == written
        assert [n.message for n in app._notifications] == [
            f"plan written to {path}",
            f"no plan is written to {path}: File exists",
        ]


async def test_a_plan_that_cannot_be_written_says_why() -> None:
    async with opened(resting(), save_to=Path("/proc/nowhere")) as (app, pilot):
        await press(pilot, "v", "e")
        (told,) = [n.message for n in app._notifications]
        assert told.startswith("no plan is written to /proc/nowhere/lambdactl-checkout-")
        assert told.endswith("No such file or directory")


async def test_everything_that_is_known_of_a_version() -> None:
    before = builders.survey()
    assert before.inventory is not None
    uses = (
        VersionUse(35, "provisioned concurrency", 9),
        VersionUse(35, "called within the grace", 13),
    )
    used = replace(before, inventory=replace(before.inventory, uses=uses))
    async with opened(resting(surveys=[used]), (120, 40)) as (app, pilot):
        await press(pilot, "v", *["down"] * 6, "enter")
        assert isinstance(app.screen, VersionDialog)
        await press(pilot, "y")
        assert copied(app).splitlines() == [
            "version     checkout:35",
            "described   checkout 2.1.0",
            "published   2026-11-16 09:00:00, 7d ago",
            "code        12.3 MB  Zip",
            "sha256      23c1e4b7a0d2f35861",
            "runtime     python3.13",
            "handler     app.handler",
            "memory      512 MB",
            "timeout     3 s",
            "processor   arm64",
            "layers      none",
            "role        arn:aws:iam::123456789012:role/checkout",
            "state       Active",
            "routed by   beta 100 %",
            "used by     provisioned concurrency, rule 9",
            "last call   called within the grace",
            "plan        keep: beta (stable), rule 1 of docs/pruning.md",
            "also        provisioned concurrency, rule 9",
        ]
        screen = seen(app)
        for line in copied(app).splitlines():
            assert line in screen, line
        await press(pilot, "escape")
        assert isinstance(app.screen, VersionsScreen)


async def test_the_details_of_a_version_fit_and_scroll() -> None:
    async with opened(resting(), (60, 20)) as (app, pilot):
        await press(pilot, "v", "enter")
        assert "version     checkout:41" in seen(app)
        await press(pilot, "end")
        assert "newest 5, rule 3" in seen(app)


async def test_after_a_prune_it_is_read_again_and_no_mark_is_left() -> None:
    left = builders.survey()
    script = Script(
        [builders.stable()], surveys=[left, left, replace(left, versions=left.versions[1:])]
    )
    async with opened(script) as (app, pilot):
        await press(pilot, "v", "end", "space", "D", *"checkout", "enter")
        assert [a.version for a in script.applied[0].actions] == [29]  # type: ignore[union-attr]
        await press(pilot, "escape")
        screen = app.screen
        assert isinstance(screen, VersionsScreen)
        assert (screen.marks, "v29" in seen(app)) == (frozenset(), False)


async def test_its_age_is_that_of_its_own_survey() -> None:
    clock = Clock()
    async with opened(Script([builders.stable()]), clock=clock) as (app, pilot):
        await press(pilot, "v")
        clock.at += 90.0
        app.tick()
        await settle(pilot)
        assert seen(app).splitlines()[0].rstrip().endswith("1m")
