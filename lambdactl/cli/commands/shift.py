"""``lambdactl shift``: one UpdateAlias, planned, shown, confirmed and read back; or a walk."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, seconds, shared
from lambdactl.cli.versioning import published
from lambdactl.cli.weight import parse_weight
from lambdactl.errors import UsageError

app = typer.Typer(**SETTINGS)


Steps = Annotated[
    str | None, typer.Option(metavar="PERCENTS", help="Walk it by itself: 10,25,50,100.")
]
Every = Annotated[str, typer.Option(metavar="TIME", help="Time between two steps.")]
Guard = Annotated[bool, typer.Option("--guard", help="Step on PASS only; go back on FAIL.")]
MaxWait = Annotated[
    str | None, typer.Option(metavar="TIME", help="Hold a due step no longer; exit 7.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a walk that was left.")]


@app.command()
@shared
def shift(
    asked: Asked,
    to: Annotated[
        str | None, typer.Option(metavar="VERSION", help="The version that gets the weight.")
    ] = None,
    weight: Annotated[
        str | None, typer.Option(metavar="PERCENT", help="Its share: 10, 0.1%.")
    ] = None,
    steps: Steps = None,
    every: Every = "10m",
    guard: Guard = False,
    max_wait: MaxWait = None,
    resume: Resume = False,
) -> None:
    """Give one version a share of the alias's traffic.

    \b
    lambdactl shift --to 2 --weight 10       ten per cent to version 2, the rest stays
    lambdactl shift --to 2 --weight 100      all of it: the same as promote
    lambdactl shift --to 2 --weight 0        none of it: the split ends
    lambdactl shift --to 2 --weight 10 -n    only show what would be done
    lambdactl shift --to 2 --steps 10,25,50,100 --every 10m --guard   walk it, on evidence
    lambdactl shift --resume                 go on with a walk that was left

    A guarded walk goes on on PASS only, holds while nothing is known, and goes back on FAIL; the
    limits of [gate] in lambdactl.toml hold it and send it back, too.
    """
    if resume:
        require_alone(to, weight, steps)
        from lambdactl.cli.walking import resume as go_on

        go_on(asked)
    elif steps is not None:
        walk(asked, to, weight, steps, seconds(every), guard, max_wait)
    else:
        once(asked, to, weight, guard or max_wait is not None)


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
) -> None:
    if to is None or weight is not None:
        raise UsageError(
            "--steps needs --to, and takes the place of --weight",
            hint=f"lambdactl shift --to 2 --steps {steps}",
        )
    from lambdactl.cli.walking import Steps as Wanted
    from lambdactl.cli.walking import parse_steps, start

    wait_s = seconds(max_wait) if max_wait is not None else None
    start(asked, Wanted(published("--to", to), parse_steps(steps), every_s, guard, wait_s))


def once(asked: Asked, to: str | None, weight: str | None, walks: bool) -> None:
    if walks:
        raise UsageError("--guard and --max-wait are for a walk", hint="give --steps 10,25,50,100")
    if to is None or weight is None:
        missing = "--to" if to is None else "--weight"
        raise UsageError(f"Missing option '{missing}'", hint="lambdactl shift --to 2 --weight 10")
    share, number = parse_weight(weight), published("--to", to)
    from lambdactl.cli.change import change
    from lambdactl.plan import plan_shift

    decide = partial(plan_shift, to=number, weight=share)
    change(asked, decide, to=number, checks=True, gated=share == 100.0)
