"""A function's configuration: what a request says becomes what FunctionConfiguration shows."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from lambdactl.sandbox.functions.records import Settings
from lambdactl.sandbox.functions.refusals import invalid

_RESERVED_VARIABLES = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
_UNABLE = "Lambda was unable to configure your environment variables because the environment"
_VARIABLES_LIMIT = 4096
_AS_GIVEN = (
    "Runtime",
    "Role",
    "Handler",
    "Timeout",
    "MemorySize",
    "PackageType",
    "FileSystemConfigs",
    "Architectures",
    "EphemeralStorage",
    "TracingConfig",
    "TenancyConfig",
    "CapacityProviderConfig",
    "DurableConfig",
    "RuntimeConfig",
    "AcceleratorConfig",
)
"""Members that FunctionConfiguration shows just as the request gave them."""


def default_log_group(name: str) -> str:
    """Where a function logs to unless its LoggingConfig says otherwise."""
    return f"/aws/lambda/{name}"


def first_settings(
    name: str, params: Mapping[str, Any], layers: Callable[[list[str]], list[dict[str, Any]]]
) -> Settings:
    """The settings of a new function; ``layers`` looks layer versions up by their ARNs."""
    defaults = {
        "Timeout": 3,
        "MemorySize": 128,
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "TracingConfig": {"Mode": "PassThrough"},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": default_log_group(name)},
    }
    if params.get("PackageType", "Zip") == "Zip" and not (
        params.get("Runtime") and params.get("Handler")
    ):
        raise invalid(
            "Runtime and Handler are mandatory parameters for functions created with "
            "deployment packages."
        )
    return _settle(defaults, params, layers)


def changed_settings(
    current: Settings,
    params: Mapping[str, Any],
    layers: Callable[[list[str]], list[dict[str, Any]]],
) -> Settings:
    """``current`` with the members that ``params`` gives; members left out keep their value."""
    return _settle(current.members, params, layers)


def _settle(
    current: Mapping[str, Any],
    params: Mapping[str, Any],
    layers: Callable[[list[str]], list[dict[str, Any]]],
) -> Settings:
    members = {**current, **{name: params[name] for name in _AS_GIVEN if name in params}}
    for name, shown in _shown(current, params).items():
        if shown:
            members[name] = shown
        else:
            members.pop(name, None)
    if "Layers" in params:
        members["Layers"] = layers(params["Layers"])
        if not members["Layers"]:
            del members["Layers"]
    return Settings(members, _fingerprint(members))


def _shown(current: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """Members that are shown otherwise than they are given; an empty one is not shown at all."""
    shown: dict[str, Any] = {}
    if "Environment" in params:
        shown["Environment"] = {"Variables": _variables(params["Environment"])}
    if "DeadLetterConfig" in params:
        given = params["DeadLetterConfig"]
        shown["DeadLetterConfig"] = given if given.get("TargetArn") else None
    if "KMSKeyArn" in params:
        shown["KMSKeyArn"] = params["KMSKeyArn"]
    if "VpcConfig" in params:
        shown["VpcConfig"] = _vpc(params["VpcConfig"])
    if "ImageConfig" in params:
        shown["ImageConfigResponse"] = {"ImageConfig": params["ImageConfig"]}
    if "SnapStart" in params:
        apply_on = params["SnapStart"].get("ApplyOn", "None")
        shown["SnapStart"] = {"ApplyOn": apply_on, "OptimizationStatus": "Off"}
    if "LoggingConfig" in params:
        shown["LoggingConfig"] = _logging(current["LoggingConfig"], params["LoggingConfig"])
    return shown


def _variables(environment: Mapping[str, Any]) -> dict[str, str]:
    variables = dict(environment.get("Variables") or {})
    reserved = sorted(_RESERVED_VARIABLES & variables.keys())
    if reserved:
        raise invalid(
            f"{_UNABLE} variables you have provided contains reserved keys that are currently not "
            f"supported for modification. Reserved keys used in this request: {', '.join(reserved)}"
        )
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > _VARIABLES_LIMIT:
        raise invalid(
            f"{_UNABLE} variables you have provided exceeded the 4KB limit. "
            f"String measured: {measured}"
        )
    return variables


def _vpc(given: Mapping[str, Any]) -> dict[str, Any] | None:
    subnets = list(given.get("SubnetIds") or [])
    if not subnets:
        return None
    groups = list(given.get("SecurityGroupIds") or [])
    return {"SubnetIds": subnets, "SecurityGroupIds": groups, "VpcId": ""}


def _logging(current: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**current, **{name: value for name, value in given.items() if value}}
    if merged["LogFormat"] == "JSON":
        return {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO", **merged}
    return {name: merged[name] for name in ("LogFormat", "LogGroup")}


def _fingerprint(members: Mapping[str, Any]) -> str:
    text = json.dumps(members, sort_keys=True, default=str)
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
