"""``lambdactl promote``: the canary takes all traffic."""

from __future__ import annotations

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def promote(asked: Asked) -> None:
    """Give the canary all traffic.

    \b
    lambdactl promote        after a shift: the canary becomes the stable version
    lambdactl promote -n     only show what would be done

    Limits of [gate] in lambdactl.toml are shown as checks; with one that is not met the function's
    name is typed. While CodeDeploy runs there is nothing to promote: it goes on by itself, or is
    aborted.
    """
    from lambdactl.cli.change import change
    from lambdactl.plan import plan_promote

    change(asked, plan_promote, checks=True, gated=True)
