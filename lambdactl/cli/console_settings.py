"""How the console is to look and to be handled: ``[ui]`` and ``[keys]`` of the operator's file.

All of it is checked before the console opens, and by ``lambdactl config validate``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from lambdactl.cli import config
from lambdactl.cli.console_keys import keymap
from lambdactl.cli.options import Asked
from lambdactl.cli.target import Wanted
from lambdactl.errors import UsageError
from lambdactl.tui import Settings, themes
from lambdactl.tui.clipboard import WAYS, Clipboard
from lambdactl.tui.settings import OWNER_TAGS

PREFIX = "lambdactl-"
LONGEST_TAG = 128
"""Characters, for the key of a tag at AWS."""


def settings(asked: Asked, meant: Wanted) -> Settings:
    """Raises UsageError for what cannot be meant."""
    ui = config.ui(config.user_file())
    return Settings(
        ascii=asked.terminal.ascii or bool(ui.get("ascii")),
        theme=theme_of(meant.get("context")) or theme(ui.get("theme", "dark"), "ui.theme"),
        mouse=bool(ui.get("mouse", True)),
        clipboard=clipboard(ui),
        keys=keymap(),
        owner_tags=owner_tags(ui),
    )


def check() -> None:
    """Raises UsageError for the first thing in the operator's file that the console refuses."""
    file = config.user_file()
    ui = config.ui(file)
    clipboard(ui)
    refresh_seconds(ui)
    owner_tags(ui)
    theme(ui.get("theme", "dark"), "ui.theme")
    for name in config.contexts(file):
        theme_of(name)
    keymap()


def theme_of(context: str | None) -> str | None:
    """The theme of a context, where it has one."""
    table = config.contexts(config.user_file()).get(context or "", {})
    named = table.get("theme")
    return None if named is None else theme(str(named), f"contexts.{context}.theme")


def theme(named: str, where: str) -> str:
    """``dark`` and ``lambdactl-dark`` are the same. Raises UsageError for one there is not."""
    known = {one.name for one in themes.ALL}
    found = named if named in known else f"{PREFIX}{named}"
    if found not in known:
        names = ", ".join(one.name.removeprefix(PREFIX) for one in themes.ALL)
        raise UsageError(f"{where}: there is no theme {named}", hint=f"one of {names}")
    return found


def clipboard(ui: Mapping[str, Any]) -> Clipboard:
    way = ui.get("clipboard", "auto")
    if way not in WAYS:
        raise UsageError(
            f"ui.clipboard: there is no way {way!r} to copy", hint=f"one of {', '.join(WAYS)}"
        )
    return cast("Clipboard", way)


def owner_tags(ui: Mapping[str, Any]) -> tuple[str, ...]:
    """The tag that the operator names, or those that are usual."""
    said = ui.get("owner_tag")
    if said is None:
        return OWNER_TAGS
    if not said.strip() or len(said) > LONGEST_TAG:
        raise UsageError(
            f"ui.owner_tag {said!r} is not the name of a tag", hint='owner_tag = "owner"'
        )
    return (said.strip(),)


def refresh_seconds(ui: Mapping[str, Any]) -> float | None:
    """Seconds between two looks, where the operator says it."""
    said = ui.get("refresh_seconds")
    if said is not None and not 1 <= said <= 3600:
        raise UsageError(f"ui.refresh_seconds {said} is not from 1 to 3600", hint="5")
    return None if said is None else float(said)
