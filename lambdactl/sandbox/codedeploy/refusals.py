"""What CodeDeploy refuses, in its words.

Grades: "No application/Deployment Group found for name" and "already has an active Deployment" are
[I], quoted by many public projects; where no quotation was found the wording is ours. [?]
"""

from __future__ import annotations

from lambdactl.sandbox.account import ApiError


def refused(name: str, message: str) -> ApiError:
    """``refused("InvalidInput", ...)`` is an InvalidInputException; all of them are 400. [M]"""
    return ApiError(f"{name}Exception", message)


def no_application(name: str) -> ApiError:
    return refused("ApplicationDoesNotExist", f"No application found for name: {name}")


def no_group(name: str) -> ApiError:
    return refused("DeploymentGroupDoesNotExist", f"No Deployment Group found for name: {name}")


def no_config(name: str) -> ApiError:
    return refused(
        "DeploymentConfigDoesNotExist", f"No Deployment Configuration found for name: {name}"
    )


def no_deployment(deployment_id: str) -> ApiError:
    return refused("DeploymentDoesNotExist", f"The deployment {deployment_id} could not be found")


def no_revision() -> ApiError:
    return refused("RevisionDoesNotExist", "No application revision found for the given revision")


def too_many(limit: int) -> ApiError:
    return refused(
        "BatchLimitExceeded",
        f"The maximum number of names or IDs allowed for this request ({limit}) was exceeded.",
    )


def busy(group: str, deployment_id: str) -> ApiError:
    """One deployment at a time in a group: the second is refused, not queued. [I]"""
    return refused(
        "DeploymentLimitExceeded",
        f"The Deployment Group '{group}' already has an active Deployment '{deployment_id}'",
    )


def not_for_lambda(operation: str) -> ApiError:
    return refused(
        "UnsupportedActionForDeploymentType",
        f"{operation} is not supported for deployments to the Lambda compute platform",
    )


def only_lambda(platform: str) -> ApiError:
    return refused(
        "InvalidComputePlatform",
        f"The sandbox deploys to the Lambda compute platform only, not to {platform}",
    )
