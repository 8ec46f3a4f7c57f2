"""``lambdactl shift``: one UpdateAlias, planned, shown, confirmed and read back; or a walk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, seconds, shared
from lambdactl.cli.versioning import published
from lambdactl.cli.weight import parse_weight
from lambdactl.errors import UsageError
from lambdactl.verdict.gate import NO_LIMITS, Limits

if TYPE_CHECKING:
    from lambdactl.cli.session import Session
    from lambdactl.model import Snapshot
    from lambdactl.plan import Plan

app = typer.Typer(**SETTINGS)


Steps = Annotated[
    str | None, typer.Option(metavar="PERCENTS", help="Walk it by itself: 10,25,50,100.")
]
Every = Annotated[str, typer.Option(metavar="TIME", help="Time between two steps.")]
Guard = Annotated[
    bool,
    typer.Option("--guard/--no-guard", help="Go back on FAIL or an alarm; a step needs a PASS."),
]
MaxWait = Annotated[
    str | None, typer.Option(metavar="TIME", help="Hold a due step no longer; exit 7.")
]
MaxErrorRate = Annotated[
    float | None,
    typer.Option(metavar="PERCENT", min=0.0, max=100.0, help="With --guard: go back above it."),
]
AlarmNames = Annotated[
    list[str] | None,
    typer.Option("--alarm", metavar="NAME", help="With --guard: an alarm that counts as well."),
]
MinCalls = Annotated[
    int | None,
    typer.Option(metavar="N", min=0, help="With --guard: no step with fewer calls judged."),
]
To = Annotated[
    str | None, typer.Option(metavar="VERSION", help="The version that gets the weight.")
]
Weight = Annotated[str | None, typer.Option(metavar="PERCENT", help="Its share: 10, 0.1%.")]
Watch = Annotated[bool, typer.Option("--watch", help="Then follow it, and end with its outcome.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a walk that was left.")]


@app.command()
@shared
def shift(
    asked: Asked,
    to: To = None,
    weight: Weight = None,
    steps: Steps = None,
    every: Every = "10m",
    guard: Guard = False,
    max_wait: MaxWait = None,
    max_error_rate: MaxErrorRate = None,
    alarm: AlarmNames = None,
    min_calls: MinCalls = None,
    resume: Resume = False,
    watch: Watch = False,
) -> None:
    """Give one version a share of the alias's traffic.

    \b
    lambdactl shift --to 2 --weight 10   ten per cent to version 2, the rest stays
    lambdactl shift --to 2 --weight 100  all of it: the same as promote
    lambdactl shift --to 2 --weight 0    none of it: the split ends
    lambdactl shift --to 2 --weight 10 -n  only show what would be done
    lambdactl shift --to 2 --weight 10 --guard
                                         back on FAIL, an alarm or a limit
    lambdactl shift --to 2 --steps 10,25,50,100 --every 10m --guard
                                         walk it, on evidence
    lambdactl shift --to 2 --steps 10,50,100 --guard --max-error-rate 1
    lambdactl shift --resume             go on with a walk that was left

    A guarded walk steps on PASS with [gate] met, holds while unknown, and goes back otherwise.
    """
    limits = Limits(max_error_rate, min_calls=min_calls, alarms=tuple(alarm or ()))
    require_guard(limits, guard, walks=steps is not None)
    if resume:
        require_alone(to, weight, steps)
        go_on(asked)
    elif steps is not None:
        walk(asked, to, weight, steps, seconds(every), guard, max_wait, limits)
    else:
        require_no_walk(max_wait)
        once(asked, to, weight, watch=watch, guard=limits if guard else None)


def go_on(asked: Asked) -> None:
    from lambdactl.cli.walking import resume

    resume(asked)


def require_guard(limits: Limits, guarded: bool, *, walks: bool) -> None:
    if limits != NO_LIMITS and not guarded:
        raise UsageError(
            "--max-error-rate, --alarm and --min-calls are limits of a guard",
            why="without one nothing is measured after the shift",
            hint="add --guard",
        )
    if limits.min_calls is not None and not walks:
        raise UsageError(
            "--min-calls says when the next step may be taken", hint="add --steps 10,25,50,100"
        )


def require_no_walk(max_wait: str | None) -> None:
    if max_wait is not None:
        raise UsageError("--max-wait is for a walk", hint="give --steps 10,25,50,100 --guard")


def require_alone(*others: str | None) -> None:
    if any(other is not None for other in others):
        raise UsageError(
            "--resume goes on with a walk as it was begun", hint="lambdactl shift --resume"
        )


def walk(
    asked: Asked,
    to: str | None,
    weight: str | None,
    steps: str,
    every_s: float,
    guard: bool,
    max_wait: str | None,
    limits: Limits,
) -> None:
    if to is None or weight is not None:
        raise UsageError(
            "--steps needs --to, and takes the place of --weight",
            hint=f"lambdactl shift --to 2 --steps {steps}",
        )
    from lambdactl.cli.walking import Steps as Wanted
    from lambdactl.cli.walking import parse_steps, start

    wait_s = seconds(max_wait) if max_wait is not None else None
    number = published("--to", to)
    start(asked, Wanted(number, parse_steps(steps), every_s, guard, wait_s, limits))


def once(
    asked: Asked, to: str | None, weight: str | None, *, watch: bool, guard: Limits | None
) -> None:
    """One shift; ``guard``, if it is to be guarded, are the limits that were said on the line."""
    if to is None or weight is None:
        missing = "--to" if to is None else "--weight"
        raise UsageError(f"Missing option '{missing}'", hint="lambdactl shift --to 2 --weight 10")
    share, number = parse_weight(weight), published("--to", to)
    if guard is not None and share in (0.0, 100.0):
        raise UsageError(
            f"--guard guards a split, and --weight {weight} leaves none",
            hint=f"lambdactl shift --to {to} --weight 10 --guard",
        )
    from lambdactl.cli.change import change

    change(
        asked,
        partial(planned, to=number, weight=share, guarded=guard is not None),
        to=number,
        checks=True,
        gated=share == 100.0,
        then=followed(guard) if watch or guard is not None else None,
    )


def planned(snapshot: Snapshot, to: int, weight: float, *, guarded: bool) -> Plan:
    """The plan of the shift; that it is guarded is agreed to with it."""
    from lambdactl.plan import plan_shift
    from lambdactl.plan.guard import with_guard

    plan = plan_shift(snapshot, to, weight)
    return with_guard(plan) if guarded else plan


def followed(guard: Limits | None) -> Callable[[Session, Plan], None]:
    """What comes after the shift: to look at it, or to guard the canary that it made."""

    def then(session: Session, plan: Plan) -> None:
        from lambdactl.cli.guarding import run_guard
        from lambdactl.cli.watching import watch_rollout

        session.leaves("the shift is made, and nothing moves it on")
        if guard is None:
            watch_rollout(session, plan.target)
        else:
            run_guard(session, plan.target, guard, plan.after.canary if plan.after else None)

    return then
