"""``lambdactl logs``: what one version logged, as it comes, or its errors in groups."""

from __future__ import annotations

from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared
from lambdactl.cli.versioning import published

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def logs(
    asked: Asked,
    version: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Default: the canary, else the stable.")
    ] = None,
    since: Annotated[str, typer.Option(metavar="TIME", help="So far back: 90s, 30m, 2h.")] = "15m",
    follow: Annotated[bool, typer.Option("--follow", "-F", help="Go on until Ctrl-C.")] = False,
    errors: Annotated[bool, typer.Option("--errors", help="Errors only, grouped.")] = False,
) -> None:
    """What one version logged; follow it, or group its errors.

    \b
    lambdactl logs     of the canary, else of the stable version
    lambdactl logs -F  and what comes, until Ctrl-C or --timeout
    lambdactl logs --errors
        errors that say the same in one line, with their count
    lambdactl logs --version 41 --since 2h -o jsonl
    """
    from lambdactl.cli.log_tail import Wish, show_logs
    from lambdactl.cli.options import seconds
    from lambdactl.cli.session import opened

    number = published("--version", version) if version else None
    wish = Wish(number, seconds(since), follow=follow, errors=errors)
    with opened(asked, needs_alias=number is None) as (session, target):
        session.leaves("nothing was changed by this command")
        show_logs(session, target, wish)
