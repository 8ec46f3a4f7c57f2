"""What the console is told once, at its start, and keeps wherever it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lambdactl.state_home import state_dir
from lambdactl.tui.clipboard import Clipboard

OWNER_TAGS = ("owner", "team")


@dataclass(frozen=True, slots=True)
class Settings:
    ascii: bool = False
    theme: str = "lambdactl-dark"
    save_to: Path = field(default_factory=Path.cwd)
    """The directory that saved screens go to."""
    mouse: bool = True
    clipboard: Clipboard = "auto"
    """How is copied: see :mod:`lambdactl.tui.clipboard`."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """The keys that the operator gave to actions: id -> keys with commas between them."""
    copy_to: Path = field(default_factory=lambda: state_dir() / "copied.txt")
    """The file that ``clipboard = "file"`` copies to."""
    owner_tags: tuple[str, ...] = OWNER_TAGS
    """The tags that tell to whom a function belongs: the first of them that it has."""
    in_tmux: bool = False
    """tmux does not pass on what a program asks the terminal to copy: it is asked itself."""
