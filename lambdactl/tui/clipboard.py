"""Copying: through tmux where we are inside it, else by the terminal's own escape (OSC 52)."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

TMUX = ("tmux", "load-buffer", "-w", "-")


def copy(text: str, *, in_tmux: bool, to_terminal: Callable[[str], None]) -> str:
    """Copy ``text``; says by which way, for the screen to tell."""
    if in_tmux:
        try:
            subprocess.run(TMUX, input=text.encode(), check=True, timeout=2.0, capture_output=True)
        except (OSError, subprocess.SubprocessError) as error:
            to_terminal(text)
            return f"through the terminal, because tmux did not take it ({error})"
        return "through tmux"
    to_terminal(text)
    return "through the terminal"
