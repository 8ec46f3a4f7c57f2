"""Groups of commands that list when they are given no command: ``deployments``, ``alarms``."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

LIST = "list"


class ListsByDefault(TyperGroup):
    """``lambdactl deployments -o json`` is ``lambdactl deployments list -o json``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        asks_for_help = any(word in ("-h", "--help") for word in args)
        if not asks_for_help and not any(word in self.commands for word in args):
            args = [LIST, *args]
        return super().parse_args(ctx, args)
