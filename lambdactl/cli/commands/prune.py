"""``lambdactl prune``: delete versions that nothing needs, and say why each other one stays."""

from __future__ import annotations

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared
from lambdactl.cli.prune_options import Wish, wished

app = typer.Typer(**SETTINGS)


@app.command()
@shared
@wished
def prune(asked: Asked, wish: Wish) -> None:
    """Delete versions that nothing needs.

    \b
    lambdactl prune -n               what would go, what stays, and why
    lambdactl prune --keep 5         asks for the function's name, then deletes
    lambdactl prune --only 36,37     of what may go, these two
    lambdactl prune --all-functions --plan p.jsonl
                                     a plan of the account, to be reviewed
    lambdactl prune --apply p.jsonl  does it, or goes on with it

    Never deleted: $LATEST, any version that any alias routes to, the one an alias had before, and
    what anything else still needs; docs/pruning.md has the rules. What cannot be read protects.
    """
    from lambdactl.cli.pruning import prune_many
    from lambdactl.cli.pruning_one import prune_one

    if wish.many:
        prune_many(asked, wish)
    else:
        prune_one(asked, wish)
