"""How AWS turns a caller away before it looks at what was asked, as each kind of service says it.

Lambda and other REST services of JSON say it with 403, CodeDeploy and Logs, whose protocol is JSON
without REST, with 400; CloudFormation, IAM and STS have names of their own, and so has S3. [V]
"""

from __future__ import annotations

from enum import Enum

from lambdactl.sandbox.errors import ApiError
from lambdactl.sandbox.wire.models import is_query_compatible, main_protocol, speaks


class Why(Enum):
    """The names of one refusal: in JSON, in the query protocol, and S3's."""

    DENIED = "AccessDeniedException", "AccessDenied", "AccessDenied"
    EXPIRED = "ExpiredTokenException", "ExpiredToken", "ExpiredToken"
    UNKNOWN = "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId"
    BAD_TOKEN = "UnrecognizedClientException", "InvalidClientTokenId", "InvalidToken"
    MISMATCH = "InvalidSignatureException", "SignatureDoesNotMatch", "SignatureDoesNotMatch"
    SKEWED = "InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed"
    INCOMPLETE = (
        "IncompleteSignatureException",
        "IncompleteSignature",
        "AuthorizationHeaderMalformed",
    )


_S3_SAYS_400 = frozenset({Why.EXPIRED, Why.BAD_TOKEN, Why.INCOMPLETE})


def turned_away(service: str, why: Why, message: str) -> ApiError:
    """The error by which ``service`` says it."""
    as_json, by_query, by_s3 = why.value
    if service == "s3":
        return ApiError(by_s3, message, 400 if why in _S3_SAYS_400 else 403)
    if speaks(service, "query"):
        return ApiError(by_query, message, 403)
    only_json = main_protocol(service) == "json" and not is_query_compatible(service)
    return ApiError(as_json, message, 400 if only_json else 403)


def unsigned(protocol: str) -> ApiError:
    """For a request without a signature: nobody knows whom it was for, but how it was said."""
    if protocol == "rest-xml":
        return ApiError("AccessDenied", "Access Denied", 403)
    code = "MissingAuthenticationToken" + ("" if protocol == "query" else "Exception")
    return ApiError(code, "Missing Authentication Token", 400 if protocol == "json" else 403)
