"""The configuration of one version, read so that two can be compared and no secret is kept.

GetFunctionConfiguration answers with the values of environment variables. They are sealed before
they leave this room: an HMAC under a key that is made anew for every run, so that equal values have
equal seals, and a seal that is printed by mistake says nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from lambdactl.aws.door import Door
from lambdactl.aws.reads import version_from
from lambdactl.errors import NotFound
from lambdactl.model_configuration import Configuration, Setting

_KEY = secrets.token_bytes(32)
TOLD_ELSEWHERE = frozenset((
    "FunctionName", "FunctionArn", "Version", "LastModified", "Description", "CodeSha256",
    "CodeSize", "Runtime", "Handler", "MemorySize", "Timeout", "Role", "DeadLetterConfig",
    "PackageType", "Architectures", "Layers", "State", "StateReason", "StateReasonCode",
    "LastUpdateStatus", "LastUpdateStatusReason", "LastUpdateStatusReasonCode", "RevisionId",
    "MasterArn", "ConfigSha256", "Environment", "SnapStart", "ResponseMetadata",
))  # fmt: skip
"""Members that the version has, that differ between any two versions, or that are sealed."""


def configuration(door: Door, function: str, number: int) -> Configuration:
    """NotFound where there is no such version."""
    try:
        answer = door.call(
            "lambda",
            "GetFunctionConfiguration",
            f"version {function}:{number}",
            FunctionName=function,
            Qualifier=str(number),
        )
    except NotFound as error:
        raise NotFound(
            f"there is no version {number} of {function}",
            why=error.why or str(error),
            hint=f"lambdactl versions -f {function}",
        ) from error
    return configuration_from(function, answer)


def configuration_from(function: str, row: Mapping[str, Any]) -> Configuration:
    environment = row.get("Environment") or {}
    refused = environment.get("Error") or {}
    others = {k: v for k, v in row.items() if k not in TOLD_ELSEWHERE}
    return Configuration(
        version=version_from(row),
        log_group=(row.get("LoggingConfig") or {}).get("LogGroup") or default_group(function),
        settings={
            **settings_from(others),
            "SnapStart.ApplyOn": (row.get("SnapStart") or {}).get("ApplyOn"),
        },
        environment={k: seal(v) for k, v in (environment.get("Variables") or {}).items()},
        environment_error=refused.get("ErrorCode"),
    )


def default_group(function: str) -> str:
    return f"/aws/lambda/{function}"


def settings_from(members: Mapping[str, Any], prefix: str = "") -> dict[str, Setting]:
    """Nested members as ``Outer.Inner``; the items of a list are joined."""
    found: dict[str, Setting] = {}
    for key, value in members.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            found |= settings_from(value, f"{name}.")
        elif isinstance(value, list):
            found[name] = ", ".join(sorted(str(item) for item in value)) or None
        elif isinstance(value, str | int | bool) or value is None:
            found[name] = value
        else:
            found[name] = str(value)
    return found


def seal(value: str) -> str:
    return hmac.new(_KEY, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
