"""The whole configuration of one version, to be compared, and lines that it logged.

Values of environment variables never get here: a variable has its name and a seal, which tells two
values apart and nothing else. The seals of one run of the program fit each other only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lambdactl.model import Version

Setting = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Configuration:
    """A published version and what its listing does not tell."""

    version: Version
    log_group: str = ""
    settings: Mapping[str, Setting] = field(default_factory=dict)
    """What else is set, by AWS's name: ``VpcConfig.SubnetIds``, ``TracingConfig.Mode``."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Name of each variable -> its seal."""
    environment_error: str | None = None
    """Why the variables could not be read: a key that may not be used, for one."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One event of CloudWatch Logs. ``message`` is data: it may hold anything."""

    id: str
    at: datetime
    stream: str
    message: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A function as the listing of all of them has it."""

    name: str
    changed: datetime | None
    """When its code or settings were last changed, published since or not."""
    code_size: int | None = None
    """Bytes, of what would be published now."""


@dataclass(frozen=True, slots=True)
class RedAlarm:
    """An alarm in ALARM, and the functions that its own dimensions name, where they name any."""

    name: str
    since: datetime | None
    reason: str
    summary: str
    watches: frozenset[tuple[str, str | None]] = frozenset()
    """(function, alias or version by its number; None for the function as a whole)."""
