"""Every way a call can fail, in this program's errors: no botocore exception passes this file.

A ClientError is told by its code and, where a code says too little, by its HTTP status; botocore's
own exceptions are told by their class, in ``failures``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lambdactl.aws.failures import Asked, of_exception
from lambdactl.errors import (
    CredentialsError,
    LambdactlError,
    LoginExpired,
    NotFound,
    PermissionDenied,
    Refused,
    Stale,
    Throttled,
    Unreachable,
)

if TYPE_CHECKING:
    from botocore.exceptions import ClientError


DENIED = frozenset(
    ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized", "403")
)
EXPIRED = frozenset(
    (
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "TokenRefreshRequired",
        "UnauthorizedSSOTokenError",
    )
)
UNKNOWN_KEYS = frozenset(
    (
        "AuthFailure",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    )
)
THROTTLED = frozenset(
    (
        "BandwidthLimitExceeded",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    )
)
MISSING = frozenset(
    (
        "404",
        "ChangeSetNotFound",
        "DeploymentNotStartedException",
        "InvalidDeploymentIdException",
        "NoSuchBucket",
        "NoSuchEntity",
        "NoSuchKey",
        "NotFound",
        "ResourceNotFound",
        "ResourceNotFoundException",
    )
)
SKEWED = re.compile("Signature expired|Signature not yet current")
OUTRUN = frozenset(
    (
        "DeploymentAlreadyCompletedException",
        "LifecycleEventAlreadyCompletedException",
        "PreconditionFailedException",
    )
)


def translate(error: Exception, asked: Asked) -> LambdactlError:
    """The error of ours that says what ``error`` says, where it happened and what to type next."""
    from botocore.exceptions import ClientError

    answered = error if isinstance(error, ClientError) else None
    told = of_answer(answered, asked) if answered is not None else of_exception(error, asked)
    told.call = f"{asked.service}:{asked.operation}"
    return told


def of_answer(error: ClientError, asked: Asked) -> LambdactlError:
    """AWS answered, with an error. Its code and request id go along for whoever must dig."""
    answer: Mapping[str, Any] = error.response
    code = str(answer.get("Error", {}).get("Code", ""))
    message = str(answer.get("Error", {}).get("Message") or "no message")
    metadata = answer.get("ResponseMetadata", {})
    told = by_code(code, message, int(metadata.get("HTTPStatusCode", 0)), asked)
    told.aws_code = code
    told.request_id = metadata.get("RequestId")
    return told


def by_code(code: str, message: str, status: int, asked: Asked) -> LambdactlError:
    why = f"{code}: {message}"
    if code in EXPIRED:
        return expired(why, asked)
    if code == "RequestTimeTooSkewed" or (code in UNKNOWN_KEYS and SKEWED.search(message)):
        return CredentialsError(
            "AWS refused the signature for its time: this machine's clock is wrong",
            why=why,
            hint="timedatectl set-ntp true   or set the clock by hand, then repeat",
        )
    if code in UNKNOWN_KEYS:
        return CredentialsError(
            "AWS does not know these credentials, or their signature is wrong",
            why=why,
            hint=f"aws sts get-caller-identity{asked.profile_flag}",
        )
    if code in DENIED:
        return denied(message, asked)
    if code in THROTTLED or status == 429:
        return throttled(why, asked)
    if is_missing(code, message, status):
        return missing(why, asked)
    if code in OUTRUN or status == 412:
        return Stale(
            f"{asked.subject} has changed since it was read; nothing was done",
            why=why,
            hint="look again with lambdactl status, then repeat",
        )
    return by_status(why, status, asked)


def by_status(why: str, status: int, asked: Asked) -> LambdactlError:
    if status == 501:
        return LambdactlError(
            f"{asked.action} is not known at this endpoint", why=why, hint=asked.endpoint_hint
        )
    if status >= 500:
        return Unreachable(
            f"{asked.action} failed inside AWS (HTTP {status})",
            why=why,
            hint="try again; https://health.aws.amazon.com says whether AWS has a problem",
        )
    return Refused(f"AWS refused {asked.action} for {asked.subject}", why=why)


def is_missing(code: str, message: str, status: int) -> bool:
    """CloudFormation says ValidationError of a missing stack; CodeDeploy names the kind."""
    if code in MISSING or code.endswith("DoesNotExistException"):
        return True
    return status == 404 or (code == "ValidationError" and "does not exist" in message)


def missing(why: str, asked: Asked) -> NotFound:
    where = f" in {asked.region}" if asked.region else ""
    return NotFound(
        f"{asked.subject} was not found{where}",
        why=why,
        hint="check the name, the region and the profile; lambdactl list   shows what is there",
    )


def denied(message: str, asked: Asked) -> PermissionDenied:
    named = re.search(r"to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)", message)
    action = named.group(1) if named else asked.action
    return PermissionDenied(
        f"no permission: {action} on {asked.subject}",
        action=action,
        why=message,
        hint=f"ask for {action}; lambdactl iam-policy prints who needs what",
    )


def throttled(why: str, asked: Asked) -> Throttled:
    return Throttled(
        f"AWS asked to slow down: {asked.action} for {asked.subject}",
        why=why,
        hint="wait a moment and repeat; other tools in the account share the same quota",
    )


def expired(why: str, asked: Asked) -> LoginExpired:
    return LoginExpired("the credentials have expired", why=why, hint=asked.login)
