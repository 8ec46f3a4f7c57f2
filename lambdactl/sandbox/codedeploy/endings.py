"""How a deployment can end before it succeeds, with the codes and messages of CodeDeploy.

================================  =======  ============================  ==========
what happened                     status   code                          rolls back
================================  =======  ============================  ==========
a hook failed or did not answer   Failed   HOOK_EXECUTION_FAILURE        FAILURE
AppSpec and alias disagree        Failed   INVALID_LAMBDA_CONFIGURATION  FAILURE
no such function or version       Failed   INVALID_LAMBDA_FUNCTION       FAILURE
the service role may not          Failed   IAM_ROLE_PERMISSIONS          FAILURE
Lambda throttles                  Failed   THROTTLED                     FAILURE
an alarm is in ALARM              Stopped  ALARM_ACTIVE                  ON_ALARM
alarms cannot be read             Stopped  as the reading failed         ON_ALARM
somebody stopped it               Stopped  MANUAL_STOP                   ON_REQUEST
================================  =======  ============================  ==========

where the group has the event: DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM or
DEPLOYMENT_STOP_ON_REQUEST.

Grades of the messages: ALARM_ACTIVE [V], HOOK_EXECUTION_FAILURE [V on ECS],
INVALID_LAMBDA_CONFIGURATION [I aws/serverless-application-model 291, terraform-aws-lambda 82],
IAM_ROLE_PERMISSIONS [I aws/serverless-application-model 219], THROTTLED [I, the part about the
request limit]; the others are ours. [?]
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from lambdactl.sandbox.account import ApiError

Trigger = Literal["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]
THROTTLES = frozenset({"TooManyRequestsException", "ThrottlingException", "Throttling"})
DENIALS = frozenset({"AccessDeniedException", "AccessDenied", "UnauthorizedOperation"})
_INVALID = (
    "The deployment failed because the AppSpec file that specifies the AWS Lambda deployment "
    "configuration is missing or has an invalid configuration."
)


class Ended(Exception):
    """Raised in a deployment's process where its story ends before the end.

    ``diagnosis`` is what the lifecycle event that was going on says of it.
    """

    def __init__(
        self,
        status: Literal["Failed", "Stopped"],
        code: str,
        message: str,
        trigger: Trigger = "DEPLOYMENT_FAILURE",
        diagnosis: dict[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status}: {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.trigger = trigger
        self.diagnosis = diagnosis or {"errorCode": "UnknownError", "message": message}


def invalid_configuration(detail: str = "") -> Ended:
    return Ended("Failed", "INVALID_LAMBDA_CONFIGURATION", f"{_INVALID} {detail}".strip())


def alias_elsewhere() -> Ended:
    return invalid_configuration(
        "The Lambda function alias version does not match the current version in AppSpec file."
    )


def hook_failed(event: str, function: str, *, timed_out: bool = False) -> Ended:
    """The lifecycle event's diagnostics tell a report of failure from no report. [?]"""
    what = "did not report within one hour" if timed_out else "reported that it failed"
    return Ended(
        "Failed",
        "HOOK_EXECUTION_FAILURE",
        "The deployment failed because one or more of the lifecycle event validation functions "
        "failed.",
        diagnosis={
            "errorCode": "ScriptTimedOut" if timed_out else "ScriptFailed",
            "scriptName": function,
            "message": f"The {event} hook {function} {what}.",
        },
    )


def alarm_active(names: Iterable[str]) -> Ended:
    listed = " ".join(f"<{name}>" for name in names)
    return Ended(
        "Stopped",
        "ALARM_ACTIVE",
        "One or more alarms have been activated according to the Amazon CloudWatch metrics you "
        "selected, and the affected deployments have been stopped. Activated alarms: " + listed,
        "DEPLOYMENT_STOP_ON_ALARM",
    )


def stopped_by_hand() -> Ended:
    return Ended(
        "Stopped",
        "MANUAL_STOP",
        "The deployment was stopped by a user.",
        "DEPLOYMENT_STOP_ON_REQUEST",
    )


def by_error(error: ApiError, role: str, service: str = "AWSLambda") -> Ended:
    """The ending when ``service`` answered a call of the deployment with ``error``."""
    if error.code in THROTTLES:
        return Ended(
            "Failed",
            "THROTTLED",
            f"The deployment failed because the number of requests by the IAM role {role} exceeded "
            f"the request limit for {service}.",
        )
    if error.code in DENIALS:
        return Ended(
            "Failed",
            "IAM_ROLE_PERMISSIONS",
            f"The IAM role {role} does not give you permission to perform operations in the "
            f"following AWS service: {service}. Contact your AWS administrator if you need help. "
            "If you are an AWS administrator, you can grant permissions to your users or groups by "
            "creating IAM policies.",
        )
    if error.code == "ResourceNotFoundException":
        return Ended("Failed", "INVALID_LAMBDA_FUNCTION", error.message)
    if error.status < 500:
        return invalid_configuration(error.message)
    return Ended("Failed", "INTERNAL_ERROR", f"There was an internal error: {error.message}")


def unreadable_alarms(error: ApiError, role: str) -> Ended:
    """A deployment that cannot see its alarms stops, unless it was told not to mind. [M]"""
    ending = by_error(error, role, "AmazonCloudWatch")
    return Ended("Stopped", ending.code, ending.message, "DEPLOYMENT_STOP_ON_ALARM")


def missing_alarms(names: Iterable[str]) -> Ended:
    """What AWS does for an alarm that does not exist is not documented. [?]"""
    listed = " ".join(f"<{name}>" for name in names)
    return Ended(
        "Stopped",
        "ALARM_ACTIVE",
        f"The state of one or more alarms could not be retrieved. Missing alarms: {listed}",
        "DEPLOYMENT_STOP_ON_ALARM",
    )
