"""No error of botocore's or AWS's is left without a class and a sentence of our own."""

from __future__ import annotations

import inspect
from typing import Any

import botocore.exceptions
import botocore.session
import pytest
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from lambdactl.aws import connect
from lambdactl.aws.failures import KINDS, Asked, of_exception
from lambdactl.aws.mapping import translate
from lambdactl.errors import (
    CredentialsError,
    LambdactlError,
    LoginExpired,
    NoCredentials,
    NoRegion,
    NotFound,
    PermissionDenied,
    Refused,
    Stale,
    Throttled,
    Unreachable,
    UsageError,
)

ASKED = Asked("lambda", "GetAlias", "alias checkout:live", "eu-west-1", "ops")


def answered(code: str, message: str = "said AWS", status: int = 400) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {
                "HTTPStatusCode": status,
                "RequestId": "r-1",
                "HostId": "",
                "HTTPHeaders": {},
                "RetryAttempts": 0,
            },
        },
        "GetAlias",
    )


@pytest.mark.parametrize(
    ("code", "status", "kind", "sentence"),
    [
        ("ResourceNotFoundException", 404, NotFound, "alias checkout:live was not found in eu-w"),
        ("DeploymentDoesNotExistException", 400, NotFound, "was not found"),
        ("DeploymentNotStartedException", 400, NotFound, "was not found"),
        ("NoSuchBucket", 404, NotFound, "was not found"),
        ("PreconditionFailedException", 412, Stale, "has changed since it was read"),
        ("DeploymentAlreadyCompletedException", 400, Stale, "nothing was done"),
        ("AccessDeniedException", 403, PermissionDenied, "no permission: lambda:GetAlias on"),
        ("AccessDenied", 403, PermissionDenied, "no permission: lambda:GetAlias"),
        ("ExpiredToken", 403, LoginExpired, "have expired"),
        ("ExpiredTokenException", 400, LoginExpired, "have expired"),
        ("UnrecognizedClientException", 403, CredentialsError, "does not know these credentials"),
        ("InvalidClientTokenId", 403, CredentialsError, "does not know these credentials"),
        ("SignatureDoesNotMatch", 403, CredentialsError, "signature"),
        ("TooManyRequestsException", 429, Throttled, "slow down"),
        ("ThrottlingException", 400, Throttled, "slow down"),
        ("Throttling", 400, Throttled, "slow down"),
        ("ServiceException", 500, Unreachable, "failed inside AWS (HTTP 500)"),
        ("InternalFailure", 503, Unreachable, "failed inside AWS (HTTP 503)"),
        ("NotImplemented", 501, LambdactlError, "is not known at this endpoint"),
        ("ResourceConflictException", 409, Refused, "AWS refused lambda:GetAlias"),
        ("InvalidParameterValueException", 400, Refused, "for alias checkout:live"),
        ("SomethingNewException", 400, Refused, "AWS refused"),
    ],
)
def test_an_answer_becomes_an_error_by_its_code(
    code: str, status: int, kind: type[LambdactlError], sentence: str
) -> None:
    error = translate(answered(code, status=status), ASKED)
    assert type(error) is kind
    assert sentence in str(error)
    assert (error.aws_code, error.request_id) == (code, "r-1")
    assert error.call == "lambda:GetAlias"
    assert "said AWS" in (error.why or "")


def test_a_missing_stack_is_not_found_although_it_says_validation_error() -> None:
    gone = translate(answered("ValidationError", "Stack with id shop does not exist"), ASKED)
    bad = translate(answered("ValidationError", "1 validation error detected"), ASKED)
    assert (type(gone), type(bad)) == (NotFound, Refused)


def test_the_permission_is_the_one_that_aws_names() -> None:
    message = "User: arn:aws:iam::1:user/op is not authorized to perform: codedeploy:GetDeployment"
    error = translate(answered("AccessDeniedException", message, 403), ASKED)
    assert isinstance(error, PermissionDenied)
    assert error.action == "codedeploy:GetDeployment"


def test_the_permission_of_a_call_is_not_always_its_name() -> None:
    assert Asked("s3", "HeadBucket").action == "s3:ListBucket"
    assert Asked("lambda", "Invoke").action == "lambda:InvokeFunction"


OPERATIONS = {
    "lambda": (
        "ListAliases GetAlias ListVersionsByFunction GetFunctionConfiguration GetFunction GetPolicy"
        " ListFunctions ListProvisionedConcurrencyConfigs ListFunctionEventInvokeConfigs"
        " ListEventSourceMappings GetAccountSettings UpdateAlias DeleteFunction"
        " ListDurableExecutionsByFunction"
    ),
    "codedeploy": (
        "ListApplications BatchGetApplications ListDeploymentGroups GetDeploymentGroup"
        " ListDeployments BatchGetDeployments GetDeployment ListDeploymentTargets"
        " BatchGetDeploymentTargets GetDeploymentConfig StopDeployment"
    ),
    "cloudwatch": "GetMetricData DescribeAlarms",
    "cloudformation": "ListStackResources DescribeStacks",
    "sts": "GetCallerIdentity",
}


def modelled_errors() -> set[tuple[str, str, str]]:
    """Every error that botocore's models declare for the calls that are made."""
    session = botocore.session.Session()
    found = set()
    for service, names in OPERATIONS.items():
        model = session.get_service_model(service)
        for name in names.split():
            for shape in model.operation_model(name).error_shapes:
                code = shape.metadata.get("error", {}).get("code", shape.name)
                found.add((service, name, code))
    return found


@pytest.mark.parametrize(("service", "operation", "code"), sorted(modelled_errors()))
def test_every_modelled_error_of_every_call_has_a_class_of_its_own(
    service: str, operation: str, code: str
) -> None:
    status = 500 if code in ("ServiceException", "InternalServiceFault") else 400
    error = translate(answered(code, status=status), Asked(service, operation))
    assert type(error) is not LambdactlError
    assert error.aws_code == code


def botocore_classes() -> list[type[Exception]]:
    return [
        found
        for _, found in inspect.getmembers(botocore.exceptions, inspect.isclass)
        if issubclass(found, Exception)
        and not issubclass(found, (ClientError, Warning))
        and found is not BotoCoreError
        and found.__module__ == "botocore.exceptions"
    ]


@pytest.mark.parametrize("kind", botocore_classes(), ids=lambda kind: kind.__name__)
def test_every_exception_class_of_botocore_is_mapped(kind: type[Exception]) -> None:
    assert any(parent.__name__ in KINDS for parent in kind.__mro__)


def test_the_table_names_only_classes_that_exist() -> None:
    known = {kind.__name__ for kind in botocore_classes()}
    assert set(KINDS) <= known


@pytest.mark.parametrize(
    ("error", "kind", "hint"),
    [
        (botocore.exceptions.NoCredentialsError(), NoCredentials, "aws configure --profile ops"),
        (
            botocore.exceptions.SSOTokenLoadError(error_msg="expired"),
            LoginExpired,
            "aws sso login --profile ops",
        ),
        (botocore.exceptions.NoRegionError(), NoRegion, "--region"),
        (botocore.exceptions.ProfileNotFound(profile="x"), UsageError, "aws configure list-prof"),
        (
            botocore.exceptions.ReadTimeoutError(endpoint_url="https://x"),
            Unreachable,
            "check the network",
        ),
        (botocore.exceptions.ParamValidationError(report="no"), UsageError, None),
        (botocore.exceptions.PaginationError(message="x"), LambdactlError, None),
    ],
)
def test_what_botocore_says_by_itself(
    error: Exception, kind: type[LambdactlError], hint: str | None
) -> None:
    told = translate(error, ASKED)
    assert type(told) is kind
    assert "\n" not in str(told) + (told.why or "")
    assert hint is None or hint in (told.hint or "")


def test_an_unknown_exception_is_unexpected_and_keeps_its_name() -> None:
    class Novel(Exception):
        pass

    told = of_exception(Novel("well"), ASKED)
    assert type(told) is LambdactlError
    assert told.why == "Novel: well"


def test_an_endpoint_that_does_not_answer_is_named() -> None:
    asked = Asked("lambda", "GetAlias", endpoint="http://127.0.0.1:4566")
    told = translate(EndpointConnectionError(endpoint_url="http://127.0.0.1:4566"), asked)
    assert str(told) == "endpoint http://127.0.0.1:4566 does not answer"
    assert "running" in (told.hint or "")


def test_a_closed_port_is_unreachable_and_no_botocore_exception_gets_out() -> None:
    aws = connect(
        region="eu-west-1", endpoint_url="http://127.0.0.1:9", access_key="a", secret_key="b"
    )
    params: dict[str, Any] = {"FunctionName": "checkout", "Name": "live"}
    with pytest.raises(Unreachable, match=r"endpoint http://127.0.0.1:9 does not answer"):
        aws.write("lambda", "UpdateAlias", "alias checkout:live", **params)
    aws.close()


def test_no_region_no_profile_and_no_endpoint_are_usage_errors() -> None:
    with pytest.raises(UsageError, match="no region"):
        connect(access_key="a", secret_key="b").functions()
    with pytest.raises(UsageError, match="nobody"):
        connect(profile="nobody").functions()
    with pytest.raises(UsageError, match="cannot be used") as caught:
        connect(region="eu-west-1", endpoint_url="nowhere").functions()
    assert "http://" in (caught.value.hint or "")


def test_no_credentials_are_a_credentials_error() -> None:
    with pytest.raises(CredentialsError, match="no usable AWS credentials"):
        connect(region="eu-west-1").functions()


@pytest.mark.parametrize(
    ("region", "hint"),
    [
        ("eu-west-1", "check the network and the region"),
        ("eu-wst-1", "eu-wst-1 is no region that is known here; eu-west-1?"),
        ("mars-1", "aws ec2 describe-regions"),
    ],
)
def test_a_region_that_is_misspelt_is_told_from_a_network_that_is_down(
    region: str, hint: str
) -> None:
    gone = EndpointConnectionError(endpoint_url="https://sts.example")
    told = translate(gone, Asked("sts", "GetCallerIdentity", region=region))
    assert hint in (told.hint or "")
