"""Where this program keeps what it must remember between runs."""

from __future__ import annotations

import os
from pathlib import Path


def state_dir() -> Path:
    """``$XDG_STATE_HOME/lambdactl``, by default ``~/.local/state/lambdactl``."""
    root = os.environ.get("XDG_STATE_HOME")
    return (Path(root) if root else Path.home() / ".local" / "state") / "lambdactl"
