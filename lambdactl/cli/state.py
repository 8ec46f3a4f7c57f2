"""What the program keeps between runs, under ``$XDG_STATE_HOME/lambdactl``.

``current.json``   what ``deploy`` deployed last: the target of commands that name none
``context.json``   the context chosen with ``context use``
``walk-*.json``    a walk of ``shift --steps`` that has not ended
``sandbox.json``   where the running sandbox listens; written and removed by the sandbox's command
"""

from __future__ import annotations

import dataclasses
import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lambdactl.errors import UsageError
from lambdactl.state_home import replace_private, state_dir


def config_file() -> Path:
    if named := os.environ.get("LAMBDACTL_CONFIG"):
        return Path(named)
    root = os.environ.get("XDG_CONFIG_HOME")
    return (Path(root) if root else Path.home() / ".config") / "lambdactl" / "config.toml"


@dataclass(frozen=True, slots=True)
class Current:
    """The remembered target: where ``deploy`` put what. Never applied to another account."""

    function: str
    alias: str
    stack: str
    template: str | None
    """Its path; None for the included one, empty where it is not known."""
    region: str
    account_id: str
    context: str | None
    """``sandbox``, a context of the user's file, or None."""
    profile: str | None
    endpoint: str | None
    deployed: str
    """When, ISO 8601 UTC on AWS's clock."""


@dataclass(frozen=True, slots=True)
class SandboxState:
    """A sandbox that said it listens. Its credentials are made up."""

    endpoint: str
    region: str
    account_id: str
    access_key_id: str
    secret_access_key: str
    pid: int
    speed: float

    @property
    def answers(self) -> bool:
        """Whether anything listens there: a killed sandbox leaves its file behind."""
        url = urlsplit(self.endpoint)
        try:
            socket.create_connection((url.hostname or "", url.port or 80), timeout=1.0).close()
        except OSError:
            return False
        return True


def current() -> Current | None:
    known = read("current.json")
    return Current(**_fields(Current, known, "current.json")) if known else None


def remember(target: Current) -> None:
    write("current.json", dataclasses.asdict(target))


def sandbox() -> SandboxState | None:
    """The sandbox that is running, as far as a file can tell and a connection confirms."""
    known = read("sandbox.json")
    if known is None:
        return None
    found = SandboxState(**_fields(SandboxState, known, "sandbox.json"))
    return found if found.answers else None


def remember_sandbox(found: SandboxState) -> None:
    write("sandbox.json", dataclasses.asdict(found))


def forget_sandbox(found: SandboxState) -> None:
    """Take the file away, unless another sandbox has written its own since."""
    known = read("sandbox.json")
    if known is not None and known.get("pid") == found.pid:
        forget("sandbox.json")


def chosen_context() -> str | None:
    known = read("context.json")
    return str(known["context"]) if known and known.get("context") else None


def choose_context(name: str) -> None:
    write("context.json", {"context": name})


def write(name: str, content: dict[str, Any]) -> None:
    """Replace a state file whole: a reader sees the old one or the new one."""
    replace_private(state_dir() / name, f"{json.dumps(content, indent=2)}\n")


def forget(name: str) -> None:
    (state_dir() / name).unlink(missing_ok=True)


def read(name: str) -> dict[str, Any] | None:
    """A state file; None where there is none. Raises UsageError where it is spoilt."""
    path = state_dir() / name
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _spoilt(path, str(error)) from error
    if not isinstance(known, dict):
        raise _spoilt(path, "it is not a JSON object")
    return known


def _fields(kind: Any, known: dict[str, Any], name: str) -> dict[str, Any]:
    wanted = [f.name for f in dataclasses.fields(kind)]
    missing = [f for f in wanted if f not in known]
    if missing:
        raise _spoilt(state_dir() / name, f"{missing[0]} is missing")
    return {f: known[f] for f in wanted}


def _spoilt(path: Path, why: str) -> UsageError:
    return UsageError(f"{path} cannot be read", why=why, hint=f"rm {path}")
