"""What IAM allows, as its own simulation says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HookRight:
    """Whether CodeDeploy's service role may invoke one hook."""

    hook: str
    role: str | None
    """The group's service role, an ARN; None where the group was not read."""
    arn: str
    """Of the hook function."""
    allowed: bool | None
    """None: not known."""
    said: str
    """IAM's decision, or why there is none."""


@dataclass(frozen=True, slots=True)
class UserRights:
    """What a kind of user runs, and which actions the caller lacks for it."""

    user: str
    """read-only, operator, pruner, deployer: an option of ``iam-policy``."""
    commands: tuple[str, ...]
    missing: Mapping[str, tuple[str, ...]]
    """Command -> the actions that it needs and the caller may not perform."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What the caller may do; ``users`` is empty where ``unknown`` says why."""

    principal: str
    users: tuple[UserRights, ...] = ()
    unknown: str | None = None
