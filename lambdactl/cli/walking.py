"""``shift --steps`` and ``shift --resume``: a walk from its words, or from where it was left.

Two walkers of one alias cannot both move it: the alias's revision id is the lock.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Generator

from lambdactl.cli.change import consent, shown_plan, taking
from lambdactl.cli.guarding import acting_for, shown
from lambdactl.cli.kept_walks import kept, saving, the_only_walker
from lambdactl.cli.limits import limits_of, with_own
from lambdactl.cli.options import Asked
from lambdactl.cli.permitting import require_writable
from lambdactl.cli.session import Session, opened
from lambdactl.cli.watching import viewer
from lambdactl.cli.weight import parse_weight
from lambdactl.errors import NotFound, Refused, UsageError
from lambdactl.model import Routing, Snapshot, label
from lambdactl.ops.events import AliasVerified, Event
from lambdactl.ops.walking import Walk, walk
from lambdactl.plan import Plan, plan_shift
from lambdactl.plan.routing import alias_of
from lambdactl.render import document
from lambdactl.render.numbers import duration, weight
from lambdactl.render.spans import Line
from lambdactl.verdict.gate import NO_LIMITS, Limits, words


@dataclasses.dataclass(frozen=True, slots=True)
class Steps:
    """What ``shift --steps`` was asked for."""

    to: int
    weights: tuple[float, ...]
    every_s: float
    guard: bool
    max_wait_s: float | None
    limits: Limits = NO_LIMITS
    """What was said on the line, beside the project's file."""


def parse_steps(text: str) -> tuple[float, ...]:
    """``10,25,50,100``: each more than the one before. Raises UsageError."""
    weights = tuple(parse_weight(part.strip()) for part in text.split(","))
    rising = all(a < b for a, b in itertools.pairwise(weights))
    if not rising or weights[0] <= 0.0:
        raise UsageError(
            f"--steps {text!r} does not rise",
            why="a canary is walked up, from more than 0 to at most 100 per cent",
            hint="--steps 10,25,50,100",
        )
    return weights


def start(asked: Asked, steps: Steps) -> None:
    """Plan the first step, show all of them, ask, and walk."""
    with opened(asked) as (session, target):
        snapshot = session.aws.snapshot(target, metrics=False, to=steps.to)
        plan = walk_of(snapshot, steps)
        first = plan_shift(snapshot, plan.to, plan.steps[0])
        lines: list[Line | str] = [*shown_plan(session, first, snapshot), *described(plan)]
        if asked.dry_run:
            rehearse(session, first, plan, lines)
            return
        require_writable(session, "shift")
        takes_all = plan.steps[-1] == 100.0
        typed = taking(session, Routing(plan.to)) if takes_all else None
        consent(session, lines, target.function, typed=typed)
        go(session, plan)


def rehearse(session: Session, first: Plan, plan: Walk, lines: list[Line | str]) -> None:
    """The plan of the first step and the walk, as data."""
    if session.asked.structured:
        data = {**document.plan(first, applied=False), "walk": document.jsonable(plan)}
        told = document.envelope("Shift", data, place=session.place, target=plan.target)
        session.terminal.document(told, session.asked.output)
        return
    session.terminal.out(*lines)
    session.terminal.say("dry run: nothing was changed")


def resume(asked: Asked) -> None:
    """Go on with the walk that was left, by this process's predecessor or by anybody's here."""
    with opened(asked) as (session, target):
        plan = kept(session.place, target)
        if plan is None:
            raise NotFound(
                f"no walk of {target} was left here",
                hint=f"lambdactl shift -f {target} --to VERSION --steps 10,25,50,100 --every 10m",
            )
        require_writable(session, "shift")
        session.terminal.say(*described(plan))
        go(session, plan)


def walk_of(snapshot: Snapshot, steps: Steps) -> Walk:
    routing = alias_of(snapshot).routing
    if routing.stable is None:
        raise Refused(f"cannot walk {snapshot.target}: it is on $LATEST", why="it has no version")
    if routing.canary == steps.to and routing.weight >= steps.weights[0]:
        raise Refused(
            f"{snapshot.target} has {label(steps.to)} at {weight(routing.weight)} already",
            why="a canary is walked up",
            hint="--steps with larger weights, or lambdactl abort first",
        )
    return Walk(
        target=snapshot.target,
        stable=routing.stable,
        to=steps.to,
        steps=steps.weights,
        every_s=steps.every_s,
        guard=steps.guard,
        max_wait_s=steps.max_wait_s,
        limits=with_own(limits_of(snapshot.target), steps.limits) if steps.guard else NO_LIMITS,
    )


def described(plan: Walk) -> list[str]:
    left = ", ".join(weight(w) for w in plan.steps[plan.done :])
    how = "on PASS only; back on FAIL or an alarm" if plan.guard else "by time alone, unguarded"
    told = [f"Walk     {label(plan.to)} to {left}, every {duration(plan.every_s)}, {how}"]
    if plan.limits != NO_LIMITS:
        told.append(f"Limits   {', '.join(words(plan.limits))}")
    return told


def go(session: Session, plan: Walk) -> None:
    screen = viewer(session)
    acting = acting_for(session, plan.target, screen, plan.limits)
    left = f"lambdactl shift --resume -f {plan.target}   goes on"
    session.leaves(f"{plan.target} is where it was: {left}")

    def note(event: Event) -> None:
        if isinstance(event, AliasVerified):
            session.leaves(f"{session.asked.run.left}; {left}")

    def events() -> Generator[Event, None, None]:
        yield from walk(plan, acting, saving(session.place, plan.target))

    with the_only_walker(session.place, plan.target):
        shown(session, screen, events(), note)
