"""Copying: through tmux where we are inside it, by the terminal's own escape (OSC 52), to a file.

``auto`` takes tmux where there is one, and the terminal else. No terminal says whether it took
what it was sent: ``file`` is for those that do not, and says where the text is.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Literal, get_args

from lambdactl.state_home import replace_private

Clipboard = Literal["auto", "osc52", "tmux", "file", "off"]
WAYS: tuple[str, ...] = get_args(Clipboard)
TMUX = ("tmux", "load-buffer", "-w", "-")


def copy(
    text: str, way: Clipboard, *, in_tmux: bool, to_terminal: Callable[[str], None], file: Path
) -> str:
    """Copy ``text``; what to tell of it: ``copied through tmux``, or why it was not."""
    if way == "off":
        return 'not copied: ui.clipboard = "off"'
    if way == "file":
        return _to_file(text, file)
    if way == "tmux" or (way == "auto" and in_tmux):
        return _through_tmux(text, to_terminal)
    to_terminal(text)
    return "copied through the terminal"


def _through_tmux(text: str, to_terminal: Callable[[str], None]) -> str:
    try:
        subprocess.run(TMUX, input=text.encode(), check=True, timeout=2.0, capture_output=True)
    except (OSError, subprocess.SubprocessError) as error:
        to_terminal(text)
        return f"copied through the terminal, because tmux did not take it ({error})"
    return "copied through tmux"


def _to_file(text: str, file: Path) -> str:
    try:
        replace_private(file, f"{text}\n")
    except OSError as error:
        return f"not copied: {file} cannot be written ({error.strerror})"
    return f"copied to {file}"
