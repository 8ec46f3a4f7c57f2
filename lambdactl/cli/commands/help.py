"""``lambdactl help TOPIC``: what no single command's help is the place for."""

from __future__ import annotations

from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS, command
from lambdactl.cli.options import Asked, shared
from lambdactl.errors import UsageError

app = typer.Typer(**SETTINGS)


@app.command("help")
@shared
def help_(
    asked: Asked,
    topic: Annotated[str, typer.Argument(metavar="[TOPIC]")] = "",
) -> None:
    """Explain a topic: exit-codes, formatting, safety, keys, environment, targets.

    \b
    lambdactl help exit-codes
    lambdactl help shift           the same as lambdactl shift --help
    """
    from lambdactl.cli.app import COMMANDS, load
    from lambdactl.cli.topics import TOPICS
    from lambdactl.render.spans import plain

    if topic in TOPICS:
        lines = TOPICS[topic]()
        if asked.structured:
            told = {"topic": topic, "lines": [plain(row) for row in lines]}
            asked.terminal.document(told, asked.output)
        else:
            asked.terminal.out(*lines)
        return
    if topic in COMMANDS or not topic:
        named = load(topic) if topic else command()
        with named.make_context(f"lambdactl {topic}".strip(), ["--help"], obj=asked.run):
            return
    raise UsageError(
        f"there is no help on {topic}", hint=f"one of {', '.join((*TOPICS, *COMMANDS))}"
    )
