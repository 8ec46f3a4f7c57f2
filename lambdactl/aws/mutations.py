"""Everything that changes something at AWS beside a stack: one method, one call, asked once.

``delete_version`` is the only way to DeleteFunction in this program. Without a qualifier that call
deletes the whole function with every version and alias, so the number is checked here, at the last
place before the wire, whatever was checked before.
"""

from __future__ import annotations

import re
from typing import Literal

from lambdactl.aws.door import Door
from lambdactl.aws.reads import alias_from, share_of
from lambdactl.errors import UsageError
from lambdactl.model import Alias, Routing, Target


def update_alias(door: Door, target: Target, after: Routing, revision_id: str) -> Alias:
    """Version, weights and RevisionId in one UpdateAlias; the empty map clears the weights.

    Raises Stale where the alias has moved since ``revision_id`` was read: nothing was done then.
    """
    if after.stable is None or not 0.0 <= after.weight <= 100.0:
        raise UsageError(f"alias {target} cannot be routed to {after}")
    weights = {str(after.canary): share_of(after.weight)} if after.canary is not None else {}
    answer = door.write(
        "lambda",
        "UpdateAlias",
        f"alias {target}",
        FunctionName=target.function,
        Name=target.alias,
        FunctionVersion=str(after.stable),
        RoutingConfig={"AdditionalVersionWeights": weights},
        RevisionId=revision_id,
    )
    return alias_from(answer)


def stop_deployment(door: Door, deployment_id: str) -> Literal["Pending", "Succeeded"]:
    """Stop with rollback, always: a deployment stopped without it leaves the alias split.

    Raises Stale where it has ended already.
    """
    answer = door.write(
        "codedeploy",
        "StopDeployment",
        f"deployment {deployment_id}",
        deploymentId=deployment_id,
        autoRollbackEnabled=True,
    )
    return "Succeeded" if answer.get("status") == "Succeeded" else "Pending"


def report_hook(
    door: Door, deployment_id: str, execution_id: str, status: Literal["Succeeded", "Failed"]
) -> None:
    """Answer in a hook's stead. Raises Stale where it has been answered, or has timed out."""
    door.write(
        "codedeploy",
        "PutLifecycleEventHookExecutionStatus",
        f"the hook of deployment {deployment_id}",
        deploymentId=deployment_id,
        lifecycleEventHookExecutionId=execution_id,
        status=status,
    )


def delete_version(door: Door, function: str, version: int) -> int:
    """DeleteFunction of one numbered version; returns AWS's status: 204 done, 202 being done.

    A version that is gone already is 204 too. Raises what AWS refuses: an alias points at it (409),
    it is replicated to the edge (400).
    """
    if type(version) is not int or version < 1:
        raise UsageError(f"{version!r} is not a published version; nothing was deleted")
    qualifier = str(version)
    if re.fullmatch(r"[1-9][0-9]*", qualifier) is None or not function or ":" in function:
        raise UsageError(f"{function}:{qualifier} does not name one version; nothing was deleted")
    assert qualifier, "DeleteFunction without a qualifier deletes the whole function"
    answer = door.write(
        "lambda",
        "DeleteFunction",
        f"version {function}:{qualifier}",
        FunctionName=function,
        Qualifier=qualifier,
    )
    return int(answer.get("StatusCode") or answer["ResponseMetadata"]["HTTPStatusCode"])


def delete_layer_version(door: Door, layer: str, version: int) -> None:
    """DeleteLayerVersion: functions that have it keep it, and nobody can attach it again."""
    if type(version) is not int or version < 1 or not layer:
        raise UsageError(f"{layer}:{version!r} is not a layer version; nothing was deleted")
    door.write(
        "lambda",
        "DeleteLayerVersion",
        f"layer version {layer}:{version}",
        LayerName=layer,
        VersionNumber=version,
    )
