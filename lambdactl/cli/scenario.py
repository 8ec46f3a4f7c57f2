"""Carrying out a scenario: its steps, one after the other, as any user of the account would."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from time import sleep
from typing import TYPE_CHECKING, assert_never

from lambdactl.cli import deploying, state
from lambdactl.cli.included import STACK, included_template
from lambdactl.cli.options import Asked
from lambdactl.cli.sandbox_admin import send_traffic
from lambdactl.cli.session import Session, connected
from lambdactl.cli.target import sandbox_target
from lambdactl.errors import LambdactlError, UsageError
from lambdactl.model import Target
from lambdactl.ops.stack_events import DeployEvent, StackOperationStarted
from lambdactl.ops.stacking import execute_deploy
from lambdactl.render.stack_words import is_news
from lambdactl.render.words import line
from lambdactl.sandbox import scenarios as sandbox_scenarios
from lambdactl.sandbox.scenarios import SCENARIOS, Calls, Deploy, Pass, Play, Scenario

if TYPE_CHECKING:
    from lambdactl.ops.deploy import Prepared
    from lambdactl.sandbox.account import Account


def scenario_named(name: str) -> Scenario:
    """Raises UsageError with the nearest name, or all of them."""
    if name in SCENARIOS:
        return SCENARIOS[name]
    near = difflib.get_close_matches(name, SCENARIOS, n=1)
    raise UsageError(
        f"there is no scenario {name}",
        why=f"known are {', '.join(SCENARIOS)}",
        hint=f"--scenario {near[0]}" if near else "--scenario canary",
    )


def carry_out(
    asked: Asked, account: Account, found: state.SandboxState, scenario: Scenario
) -> None:
    """Every step of ``scenario`` in the sandbox that was found, which holds ``account``."""
    if not scenario.steps:
        return
    asked.terminal.say(f"scenario {scenario.name}: {scenario.summary}")
    asked.terminal.say(*_patience(scenario, found.speed))
    stage = Stage(sandbox_session(asked, found), found)
    for step in scenario.steps:
        match step:
            case Deploy():
                stage.deploy(step.parameters, waits=step.waits)
            case Calls():
                stage.call(step.per_minute)
                asked.terminal.say(f"{step.per_minute:g} calls a minute go through {stage.target}")
            case Pass():
                stage.let_pass(step.seconds)
            case Play():
                stage.play(account, step)
            case _:
                assert_never(step)
    asked.terminal.say(f"scenario {scenario.name} is set: lambdactl status, in another terminal")


def sandbox_session(asked: Asked, found: state.SandboxState) -> Session:
    """A session with a sandbox that we have started, whatever the environment says."""
    meant = sandbox_target(found)
    aws = connected(meant)
    place = aws.place()
    meant.require_place(place)
    return Session(asked, meant, aws, place, sleep)


def _patience(scenario: Scenario, speed: float) -> list[str]:
    """What to say of a scenario that takes long at this speed."""
    seconds = scenario.minutes * 60 / speed
    if seconds < 60:
        return []
    faster = f"; --speed {min(speed * seconds / 20, 3600):.0f} makes it 20 seconds"
    return [f"it takes {scenario.minutes} minutes of account time{faster}"]


class Stage:
    """The included stack in a sandbox, and what is done with it."""

    def __init__(
        self,
        session: Session,
        found: state.SandboxState,
        *,
        tell: Callable[[DeployEvent], None] | None = None,
    ) -> None:
        self.session = session
        self.found = found
        self.target: Target | None = None
        self.tell = tell or self._narrate

    def deploy(self, parameters: Mapping[str, str], *, waits: bool = True) -> bool:
        """Deploy and, if ``waits``, follow to the end; whether the stack came to rest as told."""
        order = deploying.Order(included_template(), STACK, parameters)
        aws = self.session.aws
        prepared = deploying.prepare(
            aws, order, make_bucket=lambda _: True, tell=self.tell, sleep=self.session.sleep
        )
        if not waits:
            self._begin(prepared)
            return True
        ended = deploying.carry_out(self.session, prepared, tell=self.tell)
        self.target = deploying.main_target(prepared, ended)
        if self.target is not None:
            deploying.remember(self.session, STACK, None, self.target)
        return ended.succeeded

    def _begin(self, prepared: Prepared) -> None:
        """Execute the change set, and leave the rest to AWS."""
        for event in execute_deploy(self.session.aws, prepared):
            self.tell(event)
            if isinstance(event, StackOperationStarted):
                return

    def call(self, per_minute: float) -> None:
        """Traffic through the alias, calls a minute of account time."""
        send_traffic(self.found.endpoint, self.require_target(), per_minute)

    def play(self, account: Account, step: Play) -> None:
        """Carry out ``step`` in the account itself, and let the time pass that it asks for."""
        for seconds in step.act(sandbox_scenarios.Stage(account)):
            self.let_pass(seconds)
        if step.about is not None:
            self.target = Target(*step.about)
            deploying.remember(self.session, "", None, self.target)

    def let_pass(self, seconds: float) -> None:
        """Wait so many seconds of account time."""
        self.session.sleep(seconds / self.found.speed)

    def require_target(self) -> Target:
        if self.target is None:
            raise LambdactlError("the included stack has no alias: it was not deployed")
        return self.target

    def _narrate(self, event: DeployEvent) -> None:
        if is_news(event):
            terminal = self.session.terminal
            terminal.say(line(event, ascii=terminal.ascii))
