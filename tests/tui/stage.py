"""The console on a stage: what it reads is scripted, its clock stands still, nothing is waited for.

A script is the answers to come, one for each look; the last is given again for ever. An answer is a
snapshot, or an error that is raised.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from lambdactl.errors import LambdactlError
from lambdactl.model import Snapshot, Target
from lambdactl.model_history import AlarmChange, Past
from lambdactl.ops.events import Event
from lambdactl.ops.plan_file import write_plan
from lambdactl.plan import Plan
from lambdactl.plan.hook import Execution
from lambdactl.tui import (
    Choice,
    Connect,
    Connection,
    Console,
    Operations,
    Places,
    SessionLog,
    Settings,
)
from lambdactl.tui.dialogs.plan import PlanDialog, Stage
from lambdactl.tui.guard import Stage as Guarded
from lambdactl.tui.screens.fleet import FleetScreen
from lambdactl.tui.screens.page import AliasPage
from lambdactl.tui.screens.reading_page import ReadingPage
from lambdactl.tui.screens.session import ChangesScreen
from lambdactl.tui.screens.versions import VersionsScreen
from lambdactl.tui.switch import SpotChooser
from lambdactl.tui.watch import Watch
from tests.tui import builders
from tests.tui.archive import Archive, given
from tests.tui.fleet_stage import FleetScript

Answer = Snapshot | LambdactlError


@dataclass
class Script:
    """``looks`` and ``surveys`` are what AWS will answer; ``applied`` what it was asked to do."""

    looks: list[Answer] = field(default_factory=lambda: [builders.shifting()])
    surveys: list[Answer] = field(default_factory=lambda: [builders.survey()])
    fleet: FleetScript = field(default_factory=FleetScript)
    targets: list[Target] = field(default_factory=list)
    """What was opened, in order."""
    happens: Callable[[Plan], Iterator[Event]] | None = None
    applied: list[Plan] = field(default_factory=list)
    reasons: list[str | None] = field(default_factory=list)
    """Why each was applied, where nobody had confirmed it just then."""
    looked: int = 0
    aliases: list[tuple[str, ...] | LambdactlError] = field(default_factory=lambda: [("live",)])
    """The names of the function's aliases."""
    archive: Archive = field(default_factory=Archive)
    """What is read of the past, of versions and of logs."""
    pasts: list[Past | LambdactlError] = field(default_factory=lambda: [builders.past()])
    executions: list[Execution | LambdactlError] = field(
        default_factory=lambda: [builders.execution()]
    )
    histories: list[Mapping[str, tuple[AlarmChange, ...]] | LambdactlError] = field(
        default_factory=lambda: [builders.alarm_history()]
    )
    gate: threading.Event | None = None
    """Where it is set, every look waits for it: a network that does not answer."""

    def look(self) -> Snapshot:
        self.looked += 1
        if self.gate is not None:
            self.gate.wait()
        return given(self.looks)

    def survey(self) -> Snapshot:
        return given(self.surveys)

    def act(self, plan: Plan, reason: str | None) -> Iterator[Event]:
        self.applied.append(plan)
        self.reasons.append(reason)
        if self.happens is not None:
            yield from self.happens(plan)

    def write_plan(self, surveyed: Snapshot, plan: Plan, path: Path) -> None:
        """By the account's own writer."""
        write_plan(path, plan, surveyed, "arn:aws:iam::123456789012:user/alice")

    def on(self, target: Target) -> Operations:
        self.targets.append(target)
        return Operations(
            self.look,
            self.look,
            self.survey,
            self.recheck,
            self.act,
            self.archive.evidence(),
            lambda: given(self.pasts),
            lambda _snapshot, _answer: given(self.executions),
            lambda _names: given(self.histories),
            self.write_plan,
        )

    def names(self, _function: str) -> tuple[str, ...]:
        return given(self.aliases)

    def recheck(self, plan: Plan) -> Snapshot:
        return self.survey() if plan.verb == "prune" else self.look()


def filed(**changes: object) -> Script:
    """A script whose archive has these answers."""
    return Script(archive=Archive(**changes))  # type: ignore[arg-type]


class Clock:
    """Our own seconds; they pass when a test says so."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def console(
    script: Script | None = None,
    *,
    clock: Clock | None = None,
    ansi: bool | None = None,
    places: Places | None = None,
    session: SessionLog | None = None,
    **settings: object,
) -> Console:
    """A console that does nothing by itself; ``settings`` are its own or its connection's."""
    mine = {f.name for f in fields(Settings)}
    own: dict[str, Any] = {k: v for k, v in settings.items() if k in mine}
    there = {k: v for k, v in settings.items() if k not in mine}
    return Console(
        connecting(script or Script(), **there),
        Settings(**{"save_to": Path("/nowhere"), **own}),
        places,
        session,
        clock=clock or Clock(),
        ticks=False,
        ansi=ansi,
    )


def connecting(script: Script, **there: Any) -> Connect:
    """Leads to the same connection whatever is chosen."""
    told = {"badge": "SANDBOX", "target": builders.TARGET, "aliases": script.names, **there}
    here = Connection(script.on, script.fleet.reads(), **told)

    def connect(_choice: Choice) -> Connection:
        return here

    return connect


def watch(app: Console) -> Watch:
    """What is known of the alias whose page is seen."""
    assert isinstance(app.page, AliasPage)
    return app.page.subject.watch


async def settle(pilot: Pilot[None]) -> None:
    """Until no thread has anything left to say, and the screen is drawn."""
    app = pilot.app
    assert isinstance(app, Console)
    for _ in range(500):
        await pilot.pause()
        if not busy(app):
            await pilot.pause()
            return
    raise AssertionError("a thread has not come back")


def busy(app: Console) -> bool:
    if app.under_way or any(g.stage is Guarded.READING for g in app.guards):
        return True
    return any(
        (isinstance(s, AliasPage) and s.subject.watch.looking)
        or (isinstance(s, FleetScreen) and s.looking)
        or (isinstance(s, ReadingPage) and any(r.looking for r in s.readings))
        or (isinstance(s, VersionsScreen) and (s.surveying or s.writing))
        or (isinstance(s, PlanDialog) and s.stage in (Stage.CHECKING, Stage.LEARNING))
        or (isinstance(s, SpotChooser | ChangesScreen) and s.reading)
        for s in app.screen_stack
    )


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press each key and let what it starts come to its end."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


def seen(app: Console) -> str:
    """What is on the screen, as text."""
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(s.text for s in line)[:width].rstrip() for line in lines[:height])


@asynccontextmanager
async def opened(
    script: Script | None = None,
    size: tuple[int, int] = (80, 24),
    clock: Clock | None = None,
    **settings: Any,
) -> AsyncIterator[tuple[Console, Pilot[None]]]:
    """A console of ``size`` that has read what there is to read first."""
    app = console(script, clock=clock, **settings)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        yield app, pilot


def copied(app: Console) -> str:
    """What was copied last."""
    return app.clipboard
