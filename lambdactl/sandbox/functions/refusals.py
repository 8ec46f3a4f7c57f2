"""Lambda's way of saying no: the codes, the statuses, and the sentences that recur."""

from __future__ import annotations

from lambdactl.sandbox.account import ApiError

_STALE = (
    "The Revision Id provided does not match the latest Revision Id. "
    "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
)


def invalid(message: str) -> ApiError:
    return ApiError("InvalidParameterValueException", message, 400, Type="User")


def not_found(message: str) -> ApiError:
    return ApiError("ResourceNotFoundException", message, 404, Type="User")


def function_not_found(arn: str) -> ApiError:
    return not_found(f"Function not found: {arn}")


def conflict(message: str) -> ApiError:
    return ApiError("ResourceConflictException", message, 409, Type="User")


def stale() -> ApiError:
    """Somebody wrote since the caller read."""
    return ApiError("PreconditionFailedException", _STALE, 412, Type="User")


def check_revision(given: str | None, actual: str) -> None:
    if given is not None and given != actual:
        raise stale()


def throttled(reason: str) -> ApiError:
    """An invocation that found no room. ``reason`` is Lambda's ThrottleReason."""
    return ApiError("TooManyRequestsException", "Rate Exceeded.", 429, Reason=reason, Type="User")
