"""``lambdactl shift``: one UpdateAlias, planned, shown, confirmed and read back."""

from __future__ import annotations

from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared
from lambdactl.cli.weight import parse_weight
from lambdactl.errors import UsageError

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def shift(
    asked: Asked,
    to: Annotated[str, typer.Option(metavar="VERSION", help="The version that gets the weight.")],
    weight: Annotated[str, typer.Option(metavar="PERCENT", help="Its share: 10, 0.1%.")],
) -> None:
    """Give one version a share of the alias's traffic.

    \b
    lambdactl shift --to 2 --weight 10       ten per cent to version 2, the rest stays
    lambdactl shift --to 2 --weight 100      all of it: the same as promote
    lambdactl shift --to 2 --weight 0        none of it: the split ends
    lambdactl shift --to 2 --weight 10 -n    only show what would be done
    """
    share, number = parse_weight(weight), version_number(to)
    from lambdactl.cli.change import change
    from lambdactl.plan import plan_shift

    change(asked, lambda snapshot: plan_shift(snapshot, number, share), to=number, checks=True)


def version_number(text: str) -> int:
    """``2`` or ``v2``. Raises UsageError."""
    digits = text.removeprefix("v")
    if not digits.isascii() or not digits.isdigit() or int(digits) < 1:
        raise UsageError(
            f"--to {text!r} is not a published version",
            why="versions are numbers; traffic is split between published versions only",
            hint="lambdactl versions   lists them",
        )
    return int(digits)
