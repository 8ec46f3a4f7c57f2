"""``lambdactl plan``: what a rollout would be able to see, from the past week's traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared
from lambdactl.errors import UsageError

if TYPE_CHECKING:
    from lambdactl.cli.session import Session
    from lambdactl.model import DeploymentConfig, Target
    from lambdactl.verdict.power import Outlook

app = typer.Typer(**SETTINGS)


UNNAMED = "no deployment group is known; --preset Canary10Percent10Minutes   names a config"


@app.command()
@shared
def plan(
    asked: Asked,
    preset: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A deployment config; default: the group's own."),
    ] = None,
    times: Annotated[
        float, typer.Option(metavar="X", help="How much worse the bad canary is.")
    ] = 3.0,
    rate: Annotated[
        str | None,
        typer.Option(metavar="PERCENT", help="The stable version's error rate; default: measured."),
    ] = None,
) -> None:
    """Say what a rollout would see of a bad canary, and which preset would.

    \b
    lambdactl plan                        the deployment group's own config
    lambdactl plan --preset Linear10PercentEvery10Minutes
    lambdactl plan --times 2 --rate 0.1%  twice as bad as one failed call in 1,000

    From the traffic of the past week. Nothing is changed.
    """
    from lambdactl.cli.session import opened
    from lambdactl.ops.looking_back import forecast
    from lambdactl.render.outlooks import outlook_lines

    base = _base_rate(times, rate)
    with opened(asked) as (session, target):
        config = _config(session, target, preset)
        found = forecast(session.aws, target, config, times=times, rate=base)
        if asked.structured:
            _document(session, target, found)
        else:
            session.terminal.out(*outlook_lines(found))
            if config is None:
                session.terminal.say(UNNAMED)


def _base_rate(times: float, rate: str | None) -> float | None:
    """``--rate`` in per cent; None for the measured one. Raises UsageError for either option."""
    from lambdactl.cli.weight import parse_weight

    if not 1.0 < times <= 1000.0:
        raise UsageError(
            f"--times {times:g} is not worse", hint="a number above 1: --times 3 is three times"
        )
    base = parse_weight(rate, option="--rate") if rate is not None else None
    if base == 0.0:
        raise UsageError("--rate 0 foretells nothing: no call ever fails", hint="--rate 0.1%")
    return base


def _config(session: Session, target: Target, preset: str | None) -> DeploymentConfig | None:
    from lambdactl.ops.looking_back import config_named, group_config

    if preset is not None:
        return config_named(session.aws, preset)
    return group_config(session.aws, session.aws.snapshot(target, metrics=False))


def _document(session: Session, target: Target, found: Outlook) -> None:
    from lambdactl.render import document, past_document

    told = document.envelope(
        "Outlook", past_document.outlook(found), place=session.place, target=target
    )
    session.terminal.document(told, session.asked.output)
