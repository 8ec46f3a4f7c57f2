"""``lambdactl sandbox``: an AWS account on localhost, in the foreground of a terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared
from lambdactl.cli.sandbox_door import fault, journal
from lambdactl.errors import UsageError

app = typer.Typer(no_args_is_help=True, **SETTINGS)


Port = Annotated[int, typer.Option(min=0, max=65535, metavar="PORT", help="0 takes a free one.")]
Speed = Annotated[
    float, typer.Option(metavar="N", help="Account seconds to a second of the clock.")
]
Begin = Annotated[
    str, typer.Option(metavar="NAME", help="What to begin with: canary, bad-canary, ...")
]
Seed = Annotated[int | None, typer.Option(min=0, metavar="N", help="Make chance repeatable.")]
MetricDelay = Annotated[
    float,
    typer.Option(
        min=0.0,
        max=3600.0,
        metavar="SECONDS",
        help="Let metrics come late, as CloudWatch's do: 60 to 180 account seconds.",
    ),
]
NoLimits = Annotated[
    bool, typer.Option("--no-limits", help="Let Lambda answer any number of calls a second.")
]


@app.callback()
def sandbox() -> None:
    """Run an AWS account on localhost.

    \b
    lambdactl sandbox start --speed 30
        until Ctrl-C, thirty times as fast as the clock
    lambdactl sandbox scenarios         what it can begin with
    lambdactl --context sandbox deploy  in another terminal
    eval "$(lambdactl sandbox env)"     for any other AWS client
    """


@app.command()
@shared
def start(
    asked: Asked,
    port: Port = 0,
    speed: Speed = 1.0,
    scenario: Begin = "empty",
    seed: Seed = None,
    no_limits: NoLimits = False,
    metric_delay: MetricDelay = 0.0,
    unlisted: Annotated[bool, typer.Option("--unlisted", hidden=True)] = False,
    until_eof: Annotated[bool, typer.Option("--until-eof", hidden=True)] = False,
) -> None:
    """Start it, and stay until Ctrl-C.

    \b
    lambdactl sandbox start --speed 30
    lambdactl sandbox start --speed 30 --scenario canary

    lambdactl sandbox scenarios                      lists them all
    """
    if not 0.1 <= speed <= 3600.0:
        raise UsageError(
            f"--speed {speed:g} is out of range", hint="from 0.1 to 3600; 30 suits a person"
        )
    from lambdactl.cli.hosting import Hosting, host

    hosting = Hosting(
        port,
        speed,
        scenario,
        listed=not unlisted,
        limits=not no_limits,
        seed=seed,
        metric_delay=metric_delay,
        until_eof=until_eof,
    )
    host(asked, hosting)


@app.command()
@shared
def scenarios(asked: Asked) -> None:
    """List what a sandbox can begin with: start --scenario NAME.

    \b
    lambdactl sandbox scenarios
    lambdactl sandbox start --speed 60 --scenario stopped-split
    """
    from lambdactl.render.columns import columns
    from lambdactl.sandbox.scenarios import SCENARIOS

    if asked.structured:
        told = [
            {"name": each.name, "summary": each.summary, "minutes": each.minutes}
            for each in SCENARIOS.values()
        ]
        asked.terminal.document(told, asked.output)
        return
    rows = [[each.name, each.summary] for each in SCENARIOS.values()]
    asked.terminal.out(*columns(rows, header=("SCENARIO", "WHAT IT IS")))


@app.command()
@shared
def env(asked: Asked) -> None:
    """Print the variables that lead any AWS client to it.

    \b
    eval "$(lambdactl sandbox env)"
    """
    from lambdactl.cli.hosting import export_lines, variables_of
    from lambdactl.cli.sandbox_admin import running

    if asked.structured:
        asked.terminal.document(variables_of(running()), asked.output)
    else:
        asked.terminal.verbatim(*export_lines(running()))


@app.command()
@shared
def status(asked: Asked) -> None:
    """Show whether it runs, its time, and who is being called.

    \b
    lambdactl sandbox status
    lambdactl sandbox status -o json --query now
    """
    from datetime import datetime

    from lambdactl.cli.sandbox_admin import health, running, streams
    from lambdactl.render.numbers import stamp

    found = running()
    told = {**health(found.endpoint), "streams": streams(found.endpoint)}
    if asked.structured:
        asked.terminal.document(told, asked.output)
        return
    asked.terminal.out(
        f"running at {found.endpoint}, account {found.account_id}, process {found.pid}",
        f"its time is {stamp(datetime.fromisoformat(told['now']))} UTC,"
        f" {found.speed:g} times as fast as the clock",
        *(
            f"{s['per_minute']:g} calls a minute go through {s['function']}:{s['alias']},"
            f" {s['sent']:,} so far"
            for s in told["streams"]
        ),
    )


app.add_typer(fault, name="fault")
app.command()(journal)
