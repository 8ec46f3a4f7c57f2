"""FunctionConfiguration: a version as Lambda shows it."""

from __future__ import annotations

import hashlib
from typing import Any

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.clock import stamp
from lambdactl.sandbox.functions.names import arn_of
from lambdactl.sandbox.functions.records import LATEST, Function, FunctionVersion

_BEING_CREATED = "The function is being created."


def summary(
    account: Account, function: Function, version: FunctionVersion, qualifier: str | None
) -> dict[str, Any]:
    """What the lists show: no state, no update status, no runtime version.

    ``qualifier`` is what the ARN ends in; an alias keeps its name there while Version is a number.
    """
    return {
        **version.settings.members,
        "FunctionName": function.name,
        "FunctionArn": arn_of(account, function.name, qualifier),
        "CodeSize": version.package.size,
        "CodeSha256": version.package.sha256,
        "ConfigSha256": version.settings.sha256,
        "Description": version.description,
        "LastModified": stamp(version.modified),
        "Version": version.label,
        "RevisionId": version.revision_id,
        **_snap_start(version),
    }


def configuration(
    account: Account, function: Function, version: FunctionVersion, qualifier: str | None = None
) -> dict[str, Any]:
    """The whole FunctionConfiguration, state included."""
    shown = summary(account, function, version, qualifier) | _state(version)
    if version.state == "Deleting" and function.executions:
        shown["StateReasonCode"] = "DrainingDurableExecutions"
    runtime = version.settings.runtime
    if runtime and version.settings.members["PackageType"] == "Zip":
        digest = hashlib.sha256(runtime.encode()).hexdigest()
        arn = f"arn:aws:lambda:{account.region}::runtime:{digest}"
        shown["RuntimeVersionConfig"] = {"RuntimeVersionArn": arn}
    return shown


def code_location(version: FunctionVersion, link: dict[str, str]) -> dict[str, Any]:
    """GetFunction's Code; ``link`` has the Location of a zip."""
    package = version.package
    if package.image_uri:
        uris = {"ImageUri": package.image_uri, "ResolvedImageUri": package.image_uri}
        return {"RepositoryType": "ECR", **uris}
    if package.s3_object:
        return {"RepositoryType": "S3", "ResolvedS3Object": dict(package.s3_object)}
    return {"RepositoryType": "S3", **link}


def _state(version: FunctionVersion) -> dict[str, Any]:
    if version.state == "Pending":
        reason = {"StateReason": _BEING_CREATED, "StateReasonCode": "Creating"}
        return {"State": "Pending", **reason}
    if version.updating:
        return {
            "State": version.state,
            "LastUpdateStatus": "InProgress",
            "LastUpdateStatusReason": _BEING_CREATED,
        }
    return {"State": version.state, "LastUpdateStatus": "Successful"}


def _snap_start(version: FunctionVersion) -> dict[str, Any]:
    apply_on = version.settings.members["SnapStart"]["ApplyOn"]
    if version.label == LATEST or apply_on == "None":
        return {}
    return {"SnapStart": {"ApplyOn": apply_on, "OptimizationStatus": "On"}}
