"""Which functions check a deployment: the hooks of its AppSpec.

GetDeployment answers with the hash of the AppSpec only; GetApplicationRevision, asked by that hash,
with its content. [M] An AppSpec that stands in a bucket is not read: that would need a right to the
bucket, for a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdactl.aws.door import Door
from lambdactl.errors import LambdactlError

RAW = ("appSpecContent", "string")
DAY_S = 86_400.0


def hooks(door: Door, deployment_id: str) -> Mapping[str, str]:
    """Lifecycle event -> function, as the AppSpec names it; empty where it has no hook.

    NotFound where there is no such deployment; LambdactlError where its AppSpec cannot be read.
    """
    return door.remembered(("hooks", deployment_id), DAY_S, lambda: asked(door, deployment_id))


def asked(door: Door, deployment_id: str) -> Mapping[str, str]:
    about = f"deployment {deployment_id}"
    answer = door.call("codedeploy", "GetDeployment", about, deploymentId=deployment_id)
    info = answer["deploymentInfo"]
    told = door.call(
        "codedeploy",
        "GetApplicationRevision",
        f"the AppSpec of {deployment_id}",
        applicationName=info["applicationName"],
        revision=info["revision"],
    )
    return hooks_in(content_of(told["revision"], deployment_id))


def content_of(revision: Mapping[str, Any], deployment_id: str) -> str:
    raw = (revision.get(kind) or {} for kind in RAW)
    content = next((part["content"] for part in raw if part.get("content")), None)
    if content is None:
        raise LambdactlError(
            f"the AppSpec of {deployment_id} is not held by CodeDeploy, so its hooks are not known",
            why=f"the revision is of type {revision.get('revisionType', 'unknown')}",
        )
    return str(content)


def hooks_in(content: str) -> dict[str, str]:
    """An AppSpec is JSON or YAML; its hooks are a list of mappings of one key."""
    document = parsed(content)
    found = document.get("Hooks") if isinstance(document, Mapping) else None
    named = [hook for hook in found or () if isinstance(hook, Mapping)]
    return {str(event): str(function) for hook in named for event, function in hook.items()}


def parsed(content: str) -> Any:
    """JSON is read as the YAML that it is."""
    import yaml

    try:
        return yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise LambdactlError("the AppSpec cannot be read", why=str(error)) from error
