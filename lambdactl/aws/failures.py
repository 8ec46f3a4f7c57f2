"""What botocore says before AWS has said anything: no credentials, no region, no network.

``KINDS`` names every class of botocore's exceptions, or a parent of it that means the same, so that
a class that a later botocore adds is noticed by the tests and not by an operator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from lambdactl.errors import (
    LambdactlError,
    LoginExpired,
    NoCredentials,
    NoRegion,
    Throttled,
    Unreachable,
    UsageError,
)

IAM_NAMES = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:UploadPart": "s3:PutObject",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The call that failed: enough to say where and what. ``about`` is its subject, as a noun."""

    service: str
    operation: str
    about: str = ""
    region: str | None = None
    profile: str | None = None
    endpoint: str | None = None
    """Set where it is not AWS's own."""

    @property
    def action(self) -> str:
        """The IAM action of the call, which is not always the operation's name."""
        name = f"{self.service}:{self.operation}"
        return IAM_NAMES.get(name, name)

    @property
    def subject(self) -> str:
        return self.about or f"{self.service} {self.operation}"

    @property
    def profile_flag(self) -> str:
        return f" --profile {self.profile}" if self.profile else ""

    @property
    def login(self) -> str:
        return f"aws sso login{self.profile_flag}   or renew them where they came from"

    @property
    def endpoint_hint(self) -> str:
        if self.endpoint:
            return f"is {self.endpoint} the endpoint you mean, and is it running?"
        return _region_hint(self.region)


def of_exception(error: Exception, asked: Asked) -> LambdactlError:
    """Our error for an exception of botocore's own, told by its nearest known class."""
    for known in type(error).__mro__:
        if known.__name__ in KINDS:
            return KINDS[known.__name__](error, asked)
    return unexpected(error, asked)


def no_credentials(error: Exception, asked: Asked) -> LambdactlError:
    return NoCredentials(
        "there are no usable AWS credentials",
        why=one_line(error),
        hint=f"aws configure{asked.profile_flag}, or set AWS_PROFILE; lambdactl demo needs none",
    )


def no_login(error: Exception, asked: Asked) -> LambdactlError:
    who = f" of profile {asked.profile}" if asked.profile else ""
    return LoginExpired(
        f"the login{who} has expired or was never made", why=one_line(error), hint=asked.login
    )


def no_profile(error: Exception, _asked: Asked) -> LambdactlError:
    return UsageError(one_line(error), hint="aws configure list-profiles")


def no_region(error: Exception, asked: Asked) -> LambdactlError:
    return NoRegion(
        "no region is set, or what is set is not a region",
        why=one_line(error),
        hint=f"add --region us-east-1, or: aws configure set region us-east-1{asked.profile_flag}",
    )


def bad_setting(error: Exception, _asked: Asked) -> LambdactlError:
    return UsageError(
        "the AWS configuration cannot be used",
        why=one_line(error),
        hint="aws configure list   shows what is set, and where",
    )


def no_answer(error: Exception, asked: Asked) -> LambdactlError:
    where = f"endpoint {asked.endpoint}" if asked.endpoint else f"AWS {asked.service}"
    return Unreachable(f"{where} does not answer", why=one_line(error), hint=asked.endpoint_hint)


def _region_hint(region: str | None) -> str:
    """A region that no service list has is misspelt, or newer than this botocore."""
    known = known_regions()
    if region is None or region in known:
        return "check the network and the region"
    near = get_close_matches(region, known, n=1)
    meant = f"{near[0]}?" if near else "aws ec2 describe-regions   lists them"
    return f"{region} is no region that is known here; {meant}"


def known_regions() -> tuple[str, ...]:
    import botocore.session

    session = botocore.session.Session()
    names = (
        name
        for partition in session.get_available_partitions()
        for name in session.get_available_regions("lambda", partition)
    )
    return tuple(sorted(names))


def no_capacity(error: Exception, asked: Asked) -> LambdactlError:
    return Throttled(f"too many calls: {asked.action} was held back", why=one_line(error))


def bad_request(error: Exception, asked: Asked) -> LambdactlError:
    return UsageError(f"{asked.action} cannot be asked like this", why=one_line(error))


def unexpected(error: Exception, asked: Asked) -> LambdactlError:
    return LambdactlError(
        f"{asked.action} failed unexpectedly", why=f"{type(error).__name__}: {one_line(error)}"
    )


def one_line(error: Exception) -> str:
    return " ".join(str(error).split())


Kind = Callable[[Exception, Asked], LambdactlError]


def kinds(make: Kind, names: Iterable[str]) -> dict[str, Kind]:
    return dict.fromkeys(names, make)


KINDS: dict[str, Kind] = {
    **kinds(
        no_credentials,
        (
            "CredentialRetrievalError",
            "MetadataRetrievalError",
            "NoAuthTokenError",
            "NoCredentialsError",
            "PartialCredentialsError",
            "RefreshWithMFAUnsupportedError",
            "UnknownCredentialError",
        ),
    ),
    **kinds(
        no_login, ("LoginError", "SSOError", "TokenRetrievalError", "UnknownTokenProviderError")
    ),
    **kinds(no_profile, ("ProfileNotFound",)),
    **kinds(
        no_region,
        ("InvalidRegionError", "NoRegionError", "ServiceNotInRegionError", "UnknownRegionError"),
    ),
    **kinds(
        bad_setting,
        (
            "BaseEndpointResolverError",
            "ConfigNotFound",
            "ConfigParseError",
            "EndpointProviderError",
            "InvalidChecksumConfigError",
            "InvalidConfigError",
            "InvalidDNSNameError",
            "InvalidDefaultsMode",
            "InvalidEndpointConfigurationError",
            "InvalidEndpointDiscoveryConfigurationError",
            "InvalidIMDSEndpointError",
            "InvalidIMDSEndpointModeError",
            "InvalidProxiesConfigError",
            "InvalidRetryConfigurationError",
            "InvalidS3AddressingStyleError",
            "InvalidS3UsEast1RegionalEndpointConfigError",
            "InvalidSTSRegionalEndpointsConfigError",
            "MissingDependencyException",
            "UnknownSignatureVersionError",
            "UnsupportedS3ConfigurationError",
            "UnsupportedS3ControlConfigurationError",
            "UnsupportedSignatureVersionError",
        ),
    ),
    **kinds(
        no_answer,
        (
            "AwsChunkedWrapperError",
            "ChecksumError",
            "ConnectionError",
            "FlexibleChecksumError",
            "HTTPClientError",
            "IncompleteReadError",
        ),
    ),
    **kinds(no_capacity, ("CapacityNotAvailableError",)),
    **kinds(
        bad_request,
        (
            "InvalidExpressionError",
            "InvalidHostLabelError",
            "MissingParametersError",
            "ParamValidationError",
            "UndefinedModelAttributeError",
            "UnsupportedOutpostResourceError",
            "UnsupportedS3AccesspointConfigurationError",
            "UnsupportedS3ArnError",
            "UnsupportedS3ControlArnError",
            "ValidationError",
        ),
    ),
    **kinds(
        unexpected,
        (
            "ApiVersionNotFoundError",
            "DataNotFoundError",
            "MD5UnavailableError",
            "OperationNotPageableError",
            "PaginationError",
            "StubResponseError",
            "UnknownClientMethodError",
            "UnknownServiceStyle",
            "UnseekableStreamError",
            "UnsupportedServiceProtocolsError",
            "WaiterConfigError",
            "WaiterError",
        ),
    ),
}
