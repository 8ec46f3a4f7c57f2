"""``lambdactl shift``: one UpdateAlias, planned, shown, confirmed and read back; or a walk."""

from __future__ import annotations

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
    from lambdactl.model import Target

app = typer.Typer(**SETTINGS)


Steps = Annotated[
    str | None, typer.Option(metavar="PERCENTS", help="Walk it by itself: 10,25,50,100.")
]
Every = Annotated[str, typer.Option(metavar="TIME", help="Time between two steps.")]
Guard = Annotated[
    bool, typer.Option("--guard/--no-guard", help="Step on PASS only; go back on FAIL.")
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
    lambdactl shift --to 2 --weight 10 -n
                                         only show what would be done
    lambdactl shift --to 2 --steps 10,25,50,100 --every 10m --guard
                                         walk it, on evidence
    lambdactl shift --to 2 --steps 10,50,100 --guard --max-error-rate 1
    lambdactl shift --resume             go on with a walk that was left

    A guarded walk steps on PASS with [gate] met, holds while unknown, and goes back otherwise.
    """
    limits = Limits(max_error_rate, min_calls=min_calls, alarms=tuple(alarm or ()))
    require_guard(limits, guard and steps is not None)
    if resume:
        require_alone(to, weight, steps)
        go_on(asked)
    elif steps is not None:
        walk(asked, to, weight, steps, seconds(every), guard, max_wait, limits)
    else:
        once(asked, to, weight, guard or max_wait is not None, watch=watch)


def go_on(asked: Asked) -> None:
    from lambdactl.cli.walking import resume

    resume(asked)


def require_guard(limits: Limits, guarded: bool) -> None:
    if limits != NO_LIMITS and not guarded:
        raise UsageError(
            "--max-error-rate, --alarm and --min-calls are limits of a guarded walk",
            why="without one nothing is measured between two steps",
            hint="add --steps 10,25,50,100 --guard",
        )


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


def once(asked: Asked, to: str | None, weight: str | None, walks: bool, *, watch: bool) -> None:
    if walks:
        raise UsageError("--guard and --max-wait are for a walk", hint="give --steps 10,25,50,100")
    if to is None or weight is None:
        missing = "--to" if to is None else "--weight"
        raise UsageError(f"Missing option '{missing}'", hint="lambdactl shift --to 2 --weight 10")
    share, number = parse_weight(weight), published("--to", to)
    from lambdactl.cli.change import change
    from lambdactl.plan import plan_shift

    def then(session: Session, target: Target) -> None:
        from lambdactl.cli.watching import watch_rollout

        session.leaves("the shift is made, and nothing moves it on")
        watch_rollout(session, target)

    decide = partial(plan_shift, to=number, weight=share)
    change(
        asked,
        decide,
        to=number,
        checks=True,
        gated=share == 100.0,
        then=then if watch else None,
    )
