"""Where this program keeps what it must remember between runs, and what it may forget."""

from __future__ import annotations

import os
from pathlib import Path


def state_dir() -> Path:
    """``$XDG_STATE_HOME/lambdactl``, by default ``~/.local/state/lambdactl``."""
    return _home("XDG_STATE_HOME", ".local/state")


def cache_dir() -> Path:
    """``$XDG_CACHE_HOME/lambdactl``, by default ``~/.cache/lambdactl``: may be deleted any time."""
    return _home("XDG_CACHE_HOME", ".cache")


def crash_log(text: str) -> Path | str:
    """Write a traceback where it can be found; where it cannot be written, say that."""
    path = state_dir() / "crash.log"
    try:
        replace_private(path, text)
    except OSError as error:
        return f"nowhere ({path}: {error.strerror})"
    return path


def replace_private(path: Path, text: str) -> None:
    """Replace a file whole, for its owner alone: a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with open(draft, "w", encoding="utf-8", opener=_private) as file:
        file.write(text)
    draft.replace(path)


def _home(variable: str, usual: str) -> Path:
    root = os.environ.get(variable)
    return (Path(root) if root else Path.home() / usual) / "lambdactl"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
