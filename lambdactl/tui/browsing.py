"""``b``: the page of AWS's console for what is on the screen, in a browser where there is one.

On a machine without a display no browser can be opened: the address is copied, to be opened where
there is one. The sandbox has no console.
"""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from lambdactl.errors import LambdactlError
from lambdactl.tui.errand import send
from lambdactl.tui.messages import Browsed, BrowseFailed

if TYPE_CHECKING:
    from lambdactl.tui.app import Console
    from lambdactl.tui.screens.page import Page

IN_A_TERMINAL = frozenset(("lynx", "w3m", "links", "elinks", "www-browser"))
"""Browsers that would draw over the console."""


def browse(console: Console, page: Page) -> None:
    """Open the page, or say why there is none."""
    if console.connection.in_sandbox:
        console.say("the sandbox has no AWS console: it is an account on this machine", "warning")
        return
    place = page.place
    if place is None:
        console.say("account and region are not known yet: AWS has not answered", "warning")
        return
    url = page.aws_page(place)
    if url is None:
        where = place.endpoint or f"partition {place.partition}"
        console.say(f"no AWS console is known for {where}", "warning")
    elif not has_display(os.environ, sys.platform):
        console.copy(url)
    else:
        send(console, partial(opening, url), partial(BrowseFailed, url))


def opening(url: str) -> Iterator[Message]:
    """A browser may take its time to start: not on this side."""
    try:
        opened = webbrowser.open(url)
    except (webbrowser.Error, OSError) as error:
        raise LambdactlError(f"no browser could be opened: {error}") from error
    if not opened:
        raise LambdactlError("no browser could be opened")
    yield Browsed(url)


def has_display(environ: Mapping[str, str], platform: str) -> bool:
    """Whether a browser would have a window of its own."""
    named = environ.get("BROWSER", "").split(os.pathsep)[0].split(" ")[0]
    if named:
        return Path(named).name not in IN_A_TERMINAL
    if platform in ("darwin", "win32"):
        return not environ.get("SSH_CONNECTION")
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))
