"""``lambdactl demo``: a live canary from nothing, and nothing of it staged.

A sandbox is started in a child process, the included stack is deployed into it by the same code
that deploys to AWS, callers call the alias, and a second version is released as a canary. On a
terminal the console opens on it. Elsewhere the story is told to its end, a line an event with the
account's time: the good version goes through both hooks to 100 %, a bad one is stopped by its alarm
and rolled back. Told is what was seen; the two endings are then read back, and only if both are
there does the command succeed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from lambdactl.cli import ending, state
from lambdactl.cli.child import sandbox_process
from lambdactl.cli.hosting import require_extra
from lambdactl.cli.included import STACK
from lambdactl.cli.options import Asked
from lambdactl.cli.scenario import Stage, sandbox_session
from lambdactl.model import label
from lambdactl.ops.events import RatesMeasured
from lambdactl.ops.stack_events import DeployEvent
from lambdactl.render.stack_words import is_news
from lambdactl.render.words import line

WATCHED_SPEED = 12.0
"""Five minutes at 10 per cent are 25 seconds: time to look."""
TOLD_SPEED = 40.0
CALLS_PER_MINUTE = 120.0
WARM_UP_S = 120.0
"""Account seconds of good traffic before the first release: what a canary is compared with."""
GOOD = {"Release": "second", "FailurePercent": "0"}
BAD = {"Release": "third", "FailurePercent": "60"}


def run_demo(asked: Asked, speed: float | None) -> None:
    """The console where there is a terminal for it, else the whole story in lines."""
    require_extra()
    watched = sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()
    watched = watched and not asked.no_input
    asked.run.left = "the sandbox has ended, and everything in it is gone"
    alone = state.sandbox() is None
    pace = speed or (WATCHED_SPEED if watched else TOLD_SPEED)
    with what_is_remembered(), sandbox_process(speed=pace, listed=alone) as found:
        story = Story(asked, found)
        if watched:
            story.show(listed=alone)
        else:
            story.tell()


@contextmanager
def what_is_remembered() -> Iterator[None]:
    """The demo's target ends with its sandbox: the one before it is the current one again."""
    before = state.current()
    try:
        yield
    finally:
        if before is None:
            state.forget("current.json")
        else:
            state.remember(before)


class Story:
    """What happens, in order; each chapter is one method."""

    def __init__(self, asked: Asked, found: state.SandboxState) -> None:
        self.asked = asked
        self.seen: list[DeployEvent] = []
        self.stage = Stage(sandbox_session(asked, found), found, tell=self.note)
        self.found = found

    def show(self, *, listed: bool) -> None:
        """Set the stage, release a canary, open the console on it."""
        from lambdactl.cli.console import open_console

        self.begin()
        self.release(GOOD, waits=False)
        if listed:
            self.say("In another terminal, while this one is open:")
            self.say("  lambdactl status --watch")
            self.say("  lambdactl deploy --yes --parameter FailurePercent=60    a bad version")
        meant = self.stage.session.wanted.about(self.stage.require_target(), "demo")
        open_console(self.asked, meant, badge="DEMO")
        self.say("The sandbox has ended, and everything in it is gone. Next: lambdactl --help")

    def tell(self) -> None:
        """Both endings, observed through the API. Raises LambdactlError where one is missing."""
        self.begin()
        session, target = self.stage.session, self.stage.require_target()
        first = ending.first_version(session, target)
        self.say(f"Releasing a good version: {_said(GOOD)}")
        self.release(GOOD)
        good = ending.require_promoted(session, target, after=first, seen=self.seen)
        self.say(f"Ending 1: {label(good)} passed both hooks and has 100 %")
        self.say(f"Releasing a bad version: {_said(BAD)}")
        self.release(BAD)
        bad = ending.require_rolled_back(session, target, to=good, seen=self.seen)
        self.say(f"Ending 2: {label(bad)} was stopped by its alarm; {label(good)} has 100 % again")

    def begin(self) -> None:
        """The stack, its callers, and a few minutes of good traffic."""
        where = f"account {self.found.account_id} at {self.found.endpoint}"
        self.say(f"Sandbox {where}, {self.found.speed:g} times as fast as the clock; times are UTC")
        self.say(f"Deploying the included stack as {STACK}")
        if not self.stage.deploy({"Release": "first"}):
            raise ending.not_observed("the included stack was not created", self.seen)
        self.stage.call(CALLS_PER_MINUTE)
        self.say(f"{CALLS_PER_MINUTE:g} calls a minute go through {self.stage.target}")
        self.stage.let_pass(WARM_UP_S)

    def release(self, parameters: dict[str, str], *, waits: bool = True) -> None:
        self.seen.clear()
        self.stage.deploy(parameters, waits=waits)

    def note(self, event: DeployEvent) -> None:
        """Keep what was seen, and tell it."""
        self.seen.append(event)
        if is_news(event) and not _is_empty(event):
            self.say(line(event, ascii=self.asked.terminal.ascii))

    def say(self, text: str) -> None:
        self.asked.terminal.out(text)


def _said(parameters: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in parameters.items())


def _is_empty(event: DeployEvent) -> bool:
    """Rates of minutes in which nobody called say nothing."""
    return isinstance(event, RatesMeasured) and not any(r.calls for r in event.rates)
