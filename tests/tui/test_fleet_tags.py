"""The fleet's columns OWNER and STACK: asked for what is seen, once, and never guessed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lambdactl.errors import PermissionDenied, Throttled
from lambdactl.tui.drawing import fleet as drawing
from lambdactl.tui.fleet_tags import Belongs, FleetTags
from tests.tui.fleet_stage import FleetScript, many, story
from tests.tui.stage import Clock, Script, opened, press, seen
from tests.tui.test_fleet import listing, pass_

WIDE, NARROW = (200, 24), (179, 24)
STACK = "aws:cloudformation:stack-name"
DENIED = PermissionDenied(
    "no permission: lambda:ListTags on function fleet-0000",
    action="lambda:ListTags",
    hint="ask for lambda:ListTags",
)


def owned(script: FleetScript) -> FleetScript:
    """The first function is ann's and a stack's, the last bob's."""
    first, last = script.functions[0], script.functions[-1]
    return replace(script, tags={first: {"Owner": "ann", STACK: "shop"}, last: {"owner": "bob"}})


@pytest.mark.parametrize(
    ("tags", "names", "belongs"),
    [
        ({"owner": "ann", "team": "shop"}, ("owner", "team"), Belongs("ann", "")),
        ({"TEAM": "shop"}, ("owner", "team"), Belongs("shop", "")),
        ({"Cost-Centre": "42", "owner": "ann"}, ("cost-centre",), Belongs("42", "")),
        ({STACK: "shop"}, ("owner",), Belongs("", "shop")),
        ({}, ("owner",), Belongs("", "")),
    ],
)
def test_the_first_tag_that_names_an_owner_counts(
    tags: dict[str, str], names: tuple[str, ...], belongs: Belongs
) -> None:
    assert FleetTags(names).belongs(tags) == belongs


async def test_a_wide_screen_says_to_whom_each_row_belongs() -> None:
    async with opened(Script(fleet=owned(many(3))), WIDE, target=None) as (app, _):
        lines = seen(app).splitlines()
        at = lines[2].index("OWNER"), lines[2].index("STACK"), lines[2].index("WHY")
        told = [(line[at[0] : at[1]].strip(), line[at[1] : at[2]].strip()) for line in lines[3:6]]
        assert told == [("ann", "shop"), ("", ""), ("bob", "")]


async def test_only_what_is_seen_is_asked_for_and_once() -> None:
    clock, script = Clock(), Script(fleet=many())
    async with opened(script, WIDE, target=None, clock=clock) as (app, pilot):
        on_screen = [name.removesuffix(":live") for name in listing(app).on_screen]
        assert script.fleet.tagged == on_screen
        await pass_(app, pilot, clock, 60)
        assert script.fleet.tagged == on_screen
        await press(pilot, "r")
        assert sorted(script.fleet.tagged) == sorted([*on_screen, *on_screen])


async def test_where_there_is_no_room_nothing_is_asked() -> None:
    script = Script(fleet=owned(many(3)))
    async with opened(script, NARROW, target=None) as (app, _):
        assert "OWNER" not in seen(app)
        assert script.fleet.tagged == []


async def test_whoever_filters_by_an_owner_has_all_asked_for_on_any_screen() -> None:
    script = Script(fleet=owned(many(100)))
    async with opened(script, (80, 24), target=None) as (app, pilot):
        await press(pilot, "slash", *"owner:bob", "enter")
        assert [row.key for row in listing(app).rows] == ["fleet-0099:live"]
        assert sorted(script.fleet.tagged) == list(script.fleet.functions)
        await press(pilot, "escape", "slash", *"stack:shop", "enter")
        assert [row.key for row in listing(app).rows] == ["fleet-0000:live"]
        assert len(script.fleet.tagged) == 100


async def test_sorted_by_owner_those_without_one_come_last() -> None:
    script = Script(fleet=owned(many(30)))
    async with opened(script, WIDE, target=None) as (app, pilot):
        names = drawing.sortable(WIDE[0], ascii=False)
        await press(pilot, *["greater_than_sign"] * names.index("OWNER"))
        assert "sort OWNER" in seen(app)
        assert list(listing(app).on_screen[:3]) == [
            "fleet-0000:live", "fleet-0029:live", "fleet-0001:live",
        ]  # fmt: skip


async def test_denied_it_is_unknown_says_the_way_out_and_is_asked_once() -> None:
    clock, script = Clock(), Script(fleet=owned(story()))
    script.fleet.failing["tags"] = DENIED
    async with opened(script, WIDE, target=None, clock=clock) as (app, pilot):
        lines = seen(app).splitlines()
        assert (
            "? tags not known: no permission: lambda:ListTags on function fleet-0000"
            " · try: ask for lambda:ListTags" in lines[2]
        )
        heading = next(line for line in lines if "OWNER" in line)
        rows = lines[lines.index(heading) + 1 :][:11]
        assert {row[heading.index("OWNER")] for row in rows} == {"?"}
        assert {row[heading.index("STACK")] for row in rows} == {"?"}
        await pass_(app, pilot, clock, 600)
        assert script.fleet.asked["tags"] == 1
        del script.fleet.failing["tags"]
        await press(pilot, "r")
        assert "tags not known" not in seen(app) and "ann" in seen(app)


async def test_any_other_failure_is_tried_again_after_a_while() -> None:
    clock, script = Clock(), Script(fleet=owned(many(3)))
    script.fleet.failing["tags"] = Throttled("Lambda throttles calls of this account")
    async with opened(script, WIDE, target=None, clock=clock) as (app, pilot):
        assert "? tags not known: Lambda throttles" in seen(app)
        del script.fleet.failing["tags"]
        await pass_(app, pilot, clock, 10)
        assert script.fleet.asked["tags"] == 1
        await pass_(app, pilot, clock, 60)
        assert "tags not known" not in seen(app) and "ann" in seen(app)
