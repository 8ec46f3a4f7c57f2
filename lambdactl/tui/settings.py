"""What the console is told once, at its start, and keeps wherever it goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    ascii: bool = False
    theme: str = "lambdactl-dark"
    save_to: Path = field(default_factory=Path.cwd)
    """The directory that saved screens go to."""
    in_tmux: bool = False
    """tmux does not pass on what a program asks the terminal to copy: it is asked itself."""
