"""Asking a person which function and alias they mean, where nothing else says it.

Only on a terminal, and never by guessing: not even the only function of an account is taken without
being named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lambdactl.cli.terminal import Terminal
from lambdactl.errors import NotFound
from lambdactl.model import Target
from lambdactl.render.columns import columns
from lambdactl.render.visible import visible

if TYPE_CHECKING:
    from lambdactl.aws import Aws

SHOWN = 20
"""So many names at a time; typing a part of a name shows those that have it."""


def pick_target(
    terminal: Terminal, aws: Aws, function: str | None, alias: str | None, *, needs_alias: bool
) -> Target:
    """Ask for what is missing. Raises NotFound where there is nothing to choose from."""
    chosen = function or _pick(terminal, "function", aws.functions())
    if alias is None and needs_alias:
        names = [a.name for a in aws.aliases(chosen)]
        alias = _pick(terminal, f"alias of {chosen}", names)
    return Target(chosen, alias or "")


def _pick(terminal: Terminal, what: str, names: Sequence[str]) -> str:
    if not names:
        raise NotFound(f"there is no {what} to choose", hint="--region NAME, or another --profile")
    found = list(names)
    while True:
        _show(terminal, found)
        said = terminal.ask(f"Which {what}? (number, name, or part of a name) ")
        if said in names:
            return said
        if said.isdigit() and 1 <= int(said) <= min(len(found), SHOWN):
            return found[int(said) - 1]
        found = [name for name in names if said.lower() in name.lower()]
        if not found:
            terminal.insist(f"none has {said!r} in its name")
            found = list(names)


def _show(terminal: Terminal, names: Sequence[str]) -> None:
    rows = [[str(n), visible(name)] for n, name in enumerate(names[:SHOWN], 1)]
    terminal.insist(*columns(rows, right=frozenset({0}), indent=2))
    if len(names) > SHOWN:
        terminal.insist(f"  and {len(names) - SHOWN} more: type a part of the name")
