"""What counts against the code storage of an account, beside the versions of its functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Storage:
    """Code storage of the account in this region, from GetAccountSettings; bytes."""

    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class LayerVersion:
    """A layer version counts against code storage like a version of a function."""

    name: str
    number: int
    arn: str
    code_size: int
    created: datetime | None
    shared: bool = False
    """It has a policy, so that others may use it, who cannot be seen from here."""
