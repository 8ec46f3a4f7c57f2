"""How soon the fleet's screen answers a key while a thousand functions are being read.

The account is the sandbox in a process of its own, a thousand functions with sixty versions each;
the console is the real one, at 120x40, driven by Textual's pilot. A key is answered when the frame
that shows what it did has been rendered as bytes for a terminal. ``python
benchmarks/fleet_keys.py`` prints percentiles in milliseconds, of keys as fast as a held one
repeats:

* **at rest**: nothing is being read;
* **reading**: names, aliases and metrics come in at the pace that Lambda's quota allows;
* **reading x30**: thirty times as fast, as in a sandbox whose clock runs so.

By the clock they are of this machine and of who else uses it. What the screen's own thread worked
for a key is nearly free of that; up to a frame (17 ms) of waiting for the screen is on top of it.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from prune_at_scale import account, connected
from textual.pilot import Pilot

from lambdactl.cli.console_fleet import fleet_reads
from lambdactl.tui import Choice, Connection, Console, Settings
from lambdactl.tui.screens.fleet import FleetScreen
from lambdactl.tui.widgets.long_listing import LongListing

KEYS = ("j",) * 12 + ("k",) * 4 + ("pagedown", "space", "full_stop", "full_stop", "G", "g")
APART_S = 0.03
"""A held key repeats some thirty times a second."""
PATIENCE_S = 5.0


class Stopwatch:
    """From a key that is sent to the frame after what it does was done."""

    def __init__(self, app: Console) -> None:
        self.app = app
        self.done_at = 0.0
        self.shown = asyncio.Event()
        screen, listing = app.screen, app.screen.query_one(LongListing)
        for owner, name in ((listing, "action_move"), (screen, "action_reverse")):
            self._watch(owner, name)
        self._display = app._display
        app._display = self.display  # type: ignore[method-assign,assignment]

    def _watch(self, owner: Any, name: str) -> None:
        act = getattr(owner, name)

        def acted(*arguments: Any) -> None:
            act(*arguments)
            self.done_at = time.perf_counter()

        setattr(owner, name, acted)

    def display(self, screen: Any, frame: Any) -> None:
        """As the terminal would have it, which a pilot does not write."""
        if hasattr(frame, "render_segments"):
            frame.render_segments(self.app.console)
        self._display(screen, frame)
        if self.done_at:
            self.shown.set()

    async def press(self, key: str) -> tuple[float, float] | None:
        """Seconds until it was answered, and of those that this thread worked; None where there
        was nothing to show for it."""
        self.done_at = 0.0
        self.shown.clear()
        sent, worked = time.perf_counter(), time.thread_time()
        self.app.simulate_key(key)
        try:
            await asyncio.wait_for(self.shown.wait(), PATIENCE_S)
        except TimeoutError:
            return None
        return time.perf_counter() - sent, time.thread_time() - worked


def console(environment: dict[str, str], pace: float) -> Console:
    """``pace``: how many times as fast as at AWS aliases are read."""
    aws = connected(environment, pace)
    session = SimpleNamespace(aws=aws, wanted=SimpleNamespace(in_sandbox=False))
    reads = fleet_reads(lambda: paced(session, pace), None)
    here = Connection(lambda _target: None, reads, badge="SANDBOX")  # type: ignore[arg-type,return-value]

    def connect(_choice: Choice) -> Connection:
        return here

    return Console(connect, Settings(save_to=Path("/nowhere")))


def paced(session: Any, pace: float) -> Any:
    """The fleet sets its own pace where it finds many functions: here it is told."""
    session.aws.buckets.set_pace(speed=pace)
    return session


async def measured(
    environment: dict[str, str], pace: float, keys: int, *, until: Callable[[FleetScreen], bool]
) -> list[tuple[float, float]]:
    app = console(environment, pace)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = app.screen
        assert isinstance(screen, FleetScreen)
        await waited(pilot, lambda: until(screen))
        stopwatch = Stopwatch(app)
        told = []
        for key in (key for key, _ in zip(cycle(KEYS), range(keys), strict=False)):
            took = await stopwatch.press(key)
            told += [took] if took is not None else []
            await asyncio.sleep(APART_S)
        print(f"    {screen.watch_.to_read} functions were still to be read at the end")
        return told


async def waited(pilot: Pilot[None], until: Callable[[], bool]) -> None:
    while not until():
        await asyncio.sleep(0.2)
        await pilot.pause()


def percentile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def line(name: str, values: Sequence[float]) -> str:
    p50, p99, most = (1000 * percentile(values, part) for part in (0.5, 0.99, 1.0))
    return f"{name:<26} {len(values):>5} keys  p50 {p50:6.1f}  p99 {p99:6.1f}  max {most:6.1f} ms"


def named(screen: FleetScreen) -> bool:
    return screen.watch_.listed_all and screen.watch_.around is not None


def read(screen: FleetScreen) -> bool:
    return named(screen) and not screen.watch_.to_read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--functions", type=int, default=1000)
    parser.add_argument("--versions", type=int, default=60)
    parser.add_argument("--keys", type=int, default=600)
    asked = parser.parse_args()
    found = {}
    with account(asked.functions, asked.versions, 30.0) as there:
        for name, pace, until in (
            ("reading", 1.0, named),
            ("reading x30", 30.0, named),
            ("at rest", 30.0, read),
        ):
            print(name)
            pairs = asyncio.run(measured(there.environment, pace, asked.keys, until=until))
            found[name] = pairs
            print(line("  answered", [answered for answered, _ in pairs]))
            print(line("  worked for", [worked for _, worked in pairs]), flush=True)
    rest = percentile([worked for _, worked in found["at rest"]], 0.99)
    for name in ("reading", "reading x30"):
        reading = percentile([worked for _, worked in found[name]], 0.99)
        print(f"p99 of the work, {name}: {reading / rest:.2f} times that at rest")


if __name__ == "__main__":
    main()
