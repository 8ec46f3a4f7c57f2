"""``lambdactl completion``: the script that makes a shell complete."""

from __future__ import annotations

from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def completion(
    asked: Asked,
    shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish")],
) -> None:
    """Print the script that completes commands, options and names in a shell.

    \b
    eval "$(lambdactl completion bash)"        in ~/.bashrc
    eval "$(lambdactl completion zsh)"         in ~/.zshrc, after compinit
    lambdactl completion fish | source         in ~/.config/fish/config.fish

    Functions, aliases and versions are those that a command has read in the past minute: to
    complete, AWS is never asked.
    """
    from lambdactl.cli.shells import script

    text = script(shell).rstrip("\n")
    if asked.structured:
        asked.terminal.document({"shell": shell, "script": text}, asked.output)
    else:
        asked.terminal.verbatim(text)
