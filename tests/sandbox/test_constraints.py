"""What the sandbox says to an input that AWS would not take, in AWS's words."""

from __future__ import annotations

from typing import Any

import pytest

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.wire import operation_model
from lambdactl.sandbox.wire.constraints import check_input
from tests.sandbox.samples import MOMENT


def broken(service: str, operation: str, **params: Any) -> str:
    model = operation_model(service, operation)
    assert model is not None
    with pytest.raises(ApiError) as raised:
        check_input(service, model, params)
    assert raised.value.status == 400
    return str(raised.value)


ONE = "1 validation error detected: "
INPUTS = [
    (
        ("lambda", "GetAlias", {"FunctionName": "f"}),
        f"ValidationException: {ONE}Value null at 'name' failed to satisfy constraint: "
        "Member must not be null",
    ),
    (
        ("lambda", "GetAlias", {"FunctionName": "f", "Name": ""}),
        "ValidationException: 2 validation errors detected: Value '' at 'name' failed to satisfy "
        "constraint: Member must have length greater than or equal to 1; Value '' at 'name' failed "
        "to satisfy constraint: Member must satisfy regular expression pattern: "
        "(?!^[0-9]+$)([a-zA-Z0-9-_]+)",
    ),
    (
        (
            "lambda",
            "UpdateAlias",
            {
                "FunctionName": "f",
                "Name": "live",
                "RoutingConfig": {"AdditionalVersionWeights": {"1": 1.5}},
            },
        ),
        f"ValidationException: {ONE}Value '{{1=1.5}}' at 'routingConfig.additionalVersionWeights' "
        "failed to satisfy constraint: Map value must satisfy constraint: [Member must have value "
        "less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member "
        "must not be null]",
    ),
    (
        (
            "lambda",
            "UpdateAlias",
            {
                "FunctionName": "f",
                "Name": "live",
                "RoutingConfig": {"AdditionalVersionWeights": {"$LATEST": 0.5}},
            },
        ),
        f"ValidationException: {ONE}Value '{{$LATEST=0.5}}' at "
        "'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map keys must "
        "satisfy constraint: [Member must have length less than or equal to 1024, Member must have "
        "length greater than or equal to 1, Member must satisfy regular expression pattern: "
        "[0-9]+, Member must not be null]",
    ),
    (
        ("lambda", "ListVersionsByFunction", {"FunctionName": "f", "MaxItems": 0}),
        f"ValidationException: {ONE}Value '0' at 'maxItems' failed to satisfy constraint: Member "
        "must have value greater than or equal to 1",
    ),
    (
        ("codedeploy", "GetDeployment", {}),
        f"DeploymentIdRequiredException: {ONE}Value null at 'deploymentId' failed to satisfy "
        "constraint: Member must not be null",
    ),
    (
        ("codedeploy", "GetApplication", {"applicationName": "a" * 101}),
        f"InvalidApplicationNameException: {ONE}Value '{'a' * 101}' at 'applicationName' failed to "
        "satisfy constraint: Member must have length less than or equal to 100",
    ),
    (
        ("cloudformation", "DeleteStack", {}),
        f"ValidationError: {ONE}Value null at 'stackName' failed to satisfy constraint: Member "
        "must not be null",
    ),
    (
        (
            "cloudwatch",
            "GetMetricData",
            {"StartTime": MOMENT, "EndTime": MOMENT, "MetricDataQueries": [{"Id": ""}]},
        ),
        f"ValidationError: {ONE}Value '' at 'metricDataQueries.1.member.id' failed to satisfy "
        "constraint: Member must have length greater than or equal to 1",
    ),
    (
        ("cloudwatch", "DescribeAlarms", {"AlarmNames": ["", "b"]}),
        f"ValidationError: {ONE}Value '[, b]' at 'alarmNames' failed to satisfy constraint: Member "
        "must satisfy constraint: [Member must have length less than or equal to 255, Member must "
        "have length greater than or equal to 1, Member must not be null]",
    ),
    (
        ("cloudwatch", "DescribeAlarms", {"StateValue": "RED"}),
        f"ValidationError: {ONE}Value 'RED' at 'stateValue' failed to satisfy constraint: Member "
        "must satisfy enum value set: [OK, ALARM, INSUFFICIENT_DATA]",
    ),
]


@pytest.mark.parametrize(("call", "message"), INPUTS, ids=lambda item: str(item)[:50])
def test_says_what_is_wrong_with_an_input(
    call: tuple[str, str, dict[str, Any]], message: str
) -> None:
    service, operation, params = call
    assert broken(service, operation, **params) == message


def test_the_value_of_a_sensitive_member_is_not_repeated() -> None:
    said = broken(
        "lambda",
        "CreateFunction",
        FunctionName="f",
        Role="arn:aws:iam::000000000000:role/r",
        Code={},
        Environment={"Variables": {"1-not-a-name": "secret"}},
    )
    assert "secret" not in said
    assert "Value at 'environment.variables'" in said


def test_a_good_input_passes_and_private_members_are_not_looked_at() -> None:
    model = operation_model("codedeploy", "GetDeployment")
    assert model is not None
    check_input("codedeploy", model, {"deploymentId": "d-1", "_creator": "CloudFormation"})
