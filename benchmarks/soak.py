"""A day at the console: rollouts, faults, resizes and random keys, and what is left of it.

    python benchmarks/soak.py [--hours 24] [--speed 120] [--seed 1] [--fleet 40]

The console runs without a screen, on the real seam, against a sandbox in a process of its own in
which time runs ``--speed`` times as fast. Somebody else releases good and bad versions all day; the
network and AWS fail in every way that the sandbox knows; keys are pressed at random, the ones that
confirm included. It ends with code 1 if the console crashed, if its memory grew by more than a
fifth from the second quarter of the day to the last (in the first one every screen is opened and
every service's model is read for the first time), or if the sandbox's journal has a write that no
confirmed plan holds. Each hour leaves a line on stderr.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

import lambdactl.tui
from lambdactl.cli import sandbox_admin
from lambdactl.cli.child import sandbox_process
from lambdactl.cli.console import connection
from lambdactl.cli.console_settings import settings
from lambdactl.cli.options import Asked, Run, asked
from lambdactl.cli.scenario import Stage, sandbox_session
from lambdactl.cli.state import SandboxState
from lambdactl.cli.target import sandbox_target
from lambdactl.errors import LambdactlError
from lambdactl.plan import Plan
from lambdactl.tui import Choice, Connection, Console
from lambdactl.tui.dialogs.guard import GuardDialog
from lambdactl.tui.dialogs.plan import PlanDialog
from lambdactl.tui.screens.fleet import FleetScreen
from lambdactl.tui.screens.rollout import RolloutScreen
from lambdactl.tui.subject import Subject

OURS = ("lambda:UpdateAlias", "lambda:DeleteFunction", "codedeploy:StopDeployment")
"""What a console may write. The releases write other things, and the hooks run under a role."""
SIZES = ((80, 24), (120, 40), (200, 60), (60, 20), (40, 12), (133, 30))
TYPED = (*"0123456789", "backspace", "tab", "shift+tab", "left", "right", "enter", "escape")
DEEDS = ("s", "s", "o", "a", "u", "w", "D")
MOVES = ("j", "k", "up", "down", "pageup", "pagedown", "g", "G", "home", "end")
TROUBLE: tuple[Mapping[str, Any], ...] = (
    {"kind": "throttle", "action": "lambda:*"},
    {"kind": "throttle", "action": "cloudwatch:*", "chance": 0.5},
    {"kind": "deny", "action": "codedeploy:*"},
    {"kind": "deny", "action": "cloudwatch:GetMetricData"},
    {"kind": "expire", "action": "*"},
    {"kind": "error", "action": "lambda:GetAlias"},
    {"kind": "drop", "action": "*", "chance": 0.3},
    {"kind": "half", "action": "lambda:*", "chance": 0.3},
    {"kind": "latency", "action": "*", "seconds": 0.4},
    {"kind": "drop", "action": "lambda:UpdateAlias", "performed": True},
)
GROWTH = 1.2


@dataclass
class Ledger:
    """What was confirmed at the console, and what it came to."""

    confirmed: Counter[str] = field(default_factory=Counter)
    keys: Counter[str] = field(default_factory=Counter)
    releases: int = 0
    troubles: int = 0
    memory: list[int] = field(default_factory=list)
    written: Counter[str] = field(default_factory=Counter)
    """By action, what came from outside and changed something, as the journal has it."""
    read_to: int = 0

    def read(self, found: SandboxState) -> None:
        """The journal since the last time: it keeps so many entries and no more."""
        for entry in sandbox_admin.journal_of(found.endpoint, self.read_to):
            self.read_to = entry["number"]
            mine = entry["caller"] == found.access_key_id and entry["writes"]
            if mine and entry["status"] < 400:
                self.written[f"{entry['service']}:{entry['operation']}"] += 1

    def confirm(self, plan: Plan) -> None:
        for action in plan.actions:
            self.confirmed[type(action).__name__] += 1


class Soaked(Console):
    """A console that is not left, and notes what was confirmed."""

    CSS_PATH = str(Path(lambdactl.tui.__file__).with_name("console.tcss"))
    ledger: Ledger

    def apply(self, of: Subject, plan: Plan, **about: Any) -> None:
        self.ledger.confirm(plan)
        super().apply(of, plan, **about)

    def exit(self, *_: Any, **__: Any) -> None:
        self.ledger.keys["(quit)"] += 1


def resident() -> int:
    """Bytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def others(stage: Stage, found: SandboxState, ledger: Ledger, seed: int) -> Iterator[None]:
    """Releases and faults, by somebody who is not at the console, until the block ends."""
    ended = threading.Event()

    def release(dice: random.Random) -> None:
        bad = dice.random() < 0.4
        parameters = {
            "Release": f"r{ledger.releases}",
            "FailurePercent": "60" if bad else "0",
        }
        try:
            stage.deploy(parameters, waits=False)
            ledger.releases += 1
        except LambdactlError as error:
            # A release meets the same faults as the console: the next one is tried all the same.
            ledger.keys[f"(release: {error.code})"] += 1

    def live() -> None:
        dice = random.Random(seed)
        while not ended.wait(dice.uniform(10, 40) * 60 / found.speed):
            sandbox_admin.clear_faults(found.endpoint, None)
            if dice.random() < 0.5:
                sandbox_admin.add_fault(found.endpoint, dict(dice.choice(TROUBLE)))
                ledger.troubles += 1
            else:
                release(dice)

    thread = threading.Thread(target=live, name="others")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def some_keys(app: Console, dice: random.Random) -> Sequence[str]:
    """Mostly one that does something here; at times any other, and often what confirms."""
    chance = dice.random()
    if isinstance(app.screen, PlanDialog) and chance < 0.75:
        name = app.screen.subject.target.function
        if app.screen.query_one("#typed").display:
            return (*spelled(name), "enter")
        return dice.choice((("right", "enter"), ("right", "enter"), ("enter",)))
    if isinstance(app.screen, GuardDialog) and chance < 0.6:
        return ("right", "enter")
    if chance < 0.25:
        # Where nothing can be done the way leads back to where something can.
        able = isinstance(app.screen, RolloutScreen | FleetScreen)
        return (dice.choice(DEEDS) if able else "escape",)
    if chance < 0.37:
        return (dice.choice(MOVES),)
    if chance < 0.5:
        return (dice.choice(TYPED),)
    return (dice.choice(sorted(app.screen.active_bindings)),)


def spelled(name: str) -> Iterator[str]:
    """The keys that type it."""
    return ({"-": "minus", "_": "underscore"}.get(letter, letter) for letter in name)


async def sit(
    pilot: Pilot[None], found: SandboxState, ledger: Ledger, args: argparse.Namespace
) -> None:
    """Press keys for so many hours of the account; memory and journal are noted every hour."""
    hour_s = 3600 / args.speed
    app = pilot.app
    assert isinstance(app, Console)
    dice = random.Random(args.seed)
    began = noted = time.monotonic()
    while (now := time.monotonic()) - began < args.hours * hour_s:
        if now - noted >= hour_s:
            gc.collect()
            ledger.memory.append(resident())
            ledger.read(found)
            noted = now
            print(hourly(app, ledger), file=sys.stderr, flush=True)
        if dice.random() < 0.02:
            await pilot.resize_terminal(*dice.choice(SIZES))
        keys = some_keys(app, dice)
        ledger.keys.update(keys)
        await pilot.press(*keys)
        await asyncio.sleep(0.02)


def hourly(app: Console, ledger: Ledger) -> str:
    hour, keys = len(ledger.memory), sum(ledger.keys.values())
    return (
        f"hour {hour}: {ledger.memory[-1] / 1e6:.0f} MB, {len(app.screen_stack)} screens,"
        f" {threading.active_count()} threads, {keys:,} keys, confirmed {dict(ledger.confirmed)}"
    )


def verdict(ledger: Ledger) -> list[str]:
    """What is wrong, if anything."""
    held = {
        "lambda:UpdateAlias": ledger.confirmed["UpdateAlias"],
        "lambda:DeleteFunction": ledger.confirmed["DeleteVersion"],
        "codedeploy:StopDeployment": ledger.confirmed["StopDeployment"],
    }
    found = [
        f"{ledger.written[action]} {action} in the journal, {held[action]} confirmed"
        for action in OURS
        if ledger.written[action] > held[action]
    ]
    quarter = len(ledger.memory) // 4
    if quarter:
        early, late = (
            statistics.median(ledger.memory[start : start + quarter])
            for start in (quarter, len(ledger.memory) - quarter)
        )
        if late > GROWTH * early:
            found.append(f"memory grew from {early:,.0f} to {late:,.0f} bytes")
    return found


async def soak(found: SandboxState, said: Asked, args: argparse.Namespace) -> Ledger:
    stage = Stage(sandbox_session(said, found), found)
    stage.deploy({"Release": "first"})
    stage.call(120)
    meant = sandbox_target(found).about(stage.require_target(), "soak")

    def connect(_choice: Choice) -> Connection:
        return connection(said, meant)

    console = Soaked(connect, settings(said, meant))
    console.ledger = Ledger()
    async with console.run_test(size=(120, 40)) as pilot:
        with others(stage, found, console.ledger, args.seed):
            await sit(pilot, found, console.ledger, args)
    return console.ledger


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=24.0, help="of account time")
    parser.add_argument("--speed", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(HOME=home, XDG_STATE_HOME=f"{home}/state", LAMBDACTL_NO_INPUT="1")
        os.chdir(home)
        said = asked(Run(), {"quiet": True})
        with sandbox_process(speed=args.speed, listed=True) as found:
            ledger = asyncio.run(soak(found, said, args))
            ledger.read(found)
    wrong = verdict(ledger)
    pressed = sum(ledger.keys.values())
    print(
        f"{args.hours:g} h, {pressed:,} keys, {ledger.releases} releases, {ledger.troubles} faults"
    )
    refused = {k: n for k, n in ledger.keys.items() if k.startswith("(release")}
    print(f"releases that met a fault or a split by hand: {refused}")
    print(f"confirmed {dict(ledger.confirmed)}")
    print(f"written {dict(ledger.written)}")
    print("memory, MB:", *(f"{m / 1e6:.0f}" for m in ledger.memory))
    print(*(wrong or ["nothing is wrong"]), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
