"""What the console is told once, at its start: the target, the seam to AWS, and how to look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lambdactl.model import Snapshot, Target
from lambdactl.ops.events import Event
from lambdactl.plan import Plan


@dataclass(frozen=True, slots=True)
class Operations:
    """All that the console asks of the rooms below. Each blocks, and is called in a thread.

    ``look`` reads one snapshot for the rollout screen; ``survey`` one with code storage and the
    inventory, for versions and prune; ``recheck`` one with everything that a plan rests on, just
    before it is applied; ``act`` applies it and yields what happens. All raise LambdactlError.
    """

    look: Callable[[], Snapshot]
    survey: Callable[[], Snapshot]
    recheck: Callable[[Plan], Snapshot]
    act: Callable[[Plan], Iterator[Event]]


@dataclass(frozen=True, slots=True)
class Settings:
    target: Target
    badge: str = ""
    """DEMO, SANDBOX, PROD: drawn in the header, never dropped."""
    origin: str = ""
    """Where the target came from: ``context sandbox``, ``./lambdactl.toml``."""
    flags: str = ""
    """What leads to the same place on the command line: ``--context sandbox``."""
    read_only: str | None = None
    """Why nothing may be changed; None where it may."""
    production: bool = False
    """Taking all traffic, and skipping a gate, asks for the function's name to be typed."""
    interval_s: float = 5.0
    keep: int = 5
    """How many versions the versions screen proposes to keep."""
    ascii: bool = False
    theme: str = "lambdactl-dark"
    save_to: Path = field(default_factory=Path.cwd)
    """The directory that saved screens go to."""
    in_tmux: bool = False
    """tmux does not pass on what a program asks the terminal to copy: it is asked itself."""
