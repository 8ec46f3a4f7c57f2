"""The door, through plain boto3 clients: over the socket, in process, and from inside."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lambdactl.sandbox import httpapi
from lambdactl.sandbox.account import ACCESS_KEY_ID, Account, ApiError
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.contract import ContractError
from lambdactl.sandbox.identity import IdentityService
from lambdactl.sandbox.open import Sandbox, open_account
from lambdactl.sandbox.wire import Request
from tests.sandbox.tiny import NOW, ONCE, TINY, error_of, over_socket, signed

ClientOf = Callable[..., Any]


def test_a_rest_json_call(tiny: Sandbox, reach: ClientOf) -> None:
    arn = tiny.account.arn("lambda", "function:f")
    answer = reach("lambda").get_alias(FunctionName=arn, Name="live")
    assert answer["RoutingConfig"] == {"AdditionalVersionWeights": {"4": 0.1}}
    assert tiny.account.services["lambda"].asked == [
        ("GetAlias", {"FunctionName": arn, "Name": "live"})
    ]


def test_a_payload_travels_as_it_is(reach: ClientOf) -> None:
    answer = reach("lambda").invoke(
        FunctionName="f", Qualifier="live", Payload=b'{"a": "\xc3\xbc"}'
    )
    assert answer["Payload"].read() == b'{"a": "\xc3\xbc"}'
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "4")


def test_no_content_has_no_body(reach: ClientOf) -> None:
    answer = reach("lambda").delete_function(FunctionName="f", Qualifier="2")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_a_json_call_and_its_times(reach: ClientOf) -> None:
    answer = reach("codedeploy").get_deployment(deploymentId="d-1")["deploymentInfo"]
    assert answer["createTime"] == datetime.fromtimestamp(NOW, UTC)


def test_a_query_call(tiny: Sandbox, reach: ClientOf) -> None:
    answer = reach("cloudformation").create_change_set(
        StackName="s",
        ChangeSetName="c",
        TemplateBody="Resources: {}\n# ü & <\n",
        Parameters=[{"ParameterKey": "A", "ParameterValue": "1"}],
        Capabilities=["CAPABILITY_IAM"],
        Tags=[],
    )
    assert answer["StackId"] == "s"
    (asked,) = tiny.account.services["cloudformation"].asked
    assert asked["TemplateBody"] == "Resources: {}\n# ü & <\n"
    assert asked["Parameters"] == [{"ParameterKey": "A", "ParameterValue": "1"}]


def test_a_compressed_body_is_unpacked(tiny: Sandbox, reach: ClientOf) -> None:
    """boto3 compresses PutMetricData above 10 KB."""
    data = [{"MetricName": f"m{n}", "Value": float(n), "Unit": "Count"} for n in range(500)]
    reach("cloudwatch").put_metric_data(Namespace="n", MetricData=data)
    (put,) = tiny.account.services["cloudwatch"].put
    assert put["MetricData"] == data


ERRORS = [
    (
        "lambda",
        "get_alias",
        {"FunctionName": "f", "Name": "missing"},
        "ResourceNotFoundException",
        404,
        "Cannot find alias arn: arn:aws:lambda:us-east-1:000000000000:function:f:missing",
    ),
    (
        "cloudwatch",
        "describe_alarms",
        {},
        "ResourceNotFound",
        404,
        "no such alarm",
    ),
    (
        "cloudformation",
        "describe_stacks",
        {"StackName": "s"},
        "ValidationError",
        400,
        "Stack with id s does not exist",
    ),
]


@pytest.mark.parametrize(("service", "call", "params", "code", "status", "message"), ERRORS)
def test_an_error_is_said_as_the_service_says_it(
    reach: ClientOf,
    service: str,
    call: str,
    params: dict[str, Any],
    code: str,
    status: int,
    message: str,
) -> None:
    assert error_of(getattr(reach(service), call), **params) == (code, status, message)


def test_an_error_of_the_model_is_its_own_exception(reach: ClientOf) -> None:
    client = reach("lambda")
    with pytest.raises(client.exceptions.ResourceNotFoundException) as raised:
        client.get_alias(FunctionName="f", Name="missing")
    assert raised.value.response["Type"] == "User"


ABSENT: list[tuple[str, str, dict[str, Any], str]] = [
    ("lambda", "list_functions", {}, "ListFunctions of lambda"),
    ("codedeploy", "list_applications", {}, "ListApplications of codedeploy"),
    ("cloudwatch", "list_dashboards", {}, "ListDashboards of cloudwatch"),
    ("cloudformation", "list_stacks", {}, "ListStacks of cloudformation"),
    ("apigatewayv2", "get_apis", {}, "GetApis of apigatewayv2"),
    ("braket", "search_jobs", {"filters": []}, "SearchJobs of braket"),
]


@pytest.mark.parametrize(("service", "call", "params", "what"), ABSENT)
def test_what_is_not_there_says_so(
    reach: ClientOf, service: str, call: str, params: dict[str, Any], what: str
) -> None:
    expected = ("NotImplemented", 501, f"The sandbox has no {what}.")
    assert error_of(getattr(reach(service), call), **params) == expected


def test_an_input_beyond_its_limits_is_refused_before_the_service(
    tiny: Sandbox, reach: ClientOf
) -> None:
    code, status, message = error_of(
        reach("lambda").update_alias,
        FunctionName="f",
        Name="live",
        RoutingConfig={"AdditionalVersionWeights": {"4": 1.5}},
    )
    assert (code, status) == ("ValidationException", 400)
    assert message.startswith("1 validation error detected: Value '{4=1.5}'")
    assert tiny.account.services["lambda"].asked == []


def test_every_answer_has_an_id_and_the_account_s_time(tiny: Sandbox, reach: ClientOf) -> None:
    client = reach("lambda")
    ids = []
    for seconds in (0, 3600):
        tiny.account.clock.advance(seconds)  # type: ignore[attr-defined]
        metadata = client.get_alias(FunctionName="f", Name="live")["ResponseMetadata"]
        ids.append(metadata["RequestId"])
        expected = datetime.fromtimestamp(NOW + seconds, UTC)
        assert metadata["HTTPHeaders"]["date"] == f"{expected:%a, %d %b %Y %H:%M:%S} GMT"
    assert len(set(ids)) == 2


def test_who_am_i_needs_no_moto() -> None:
    with Sandbox(clock=ManualClock(), services={"sts": IdentityService}) as sandbox:
        answer = sandbox.client("sts").get_caller_identity()
        assert "moto" not in sandbox.door.__dict__
    assert answer["Arn"] == "arn:aws:iam::000000000000:user/sandbox"
    assert answer["Account"] == "000000000000"


def test_a_mistake_of_the_sandbox_is_a_500_and_is_logged(
    tiny: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    client = over_socket(tiny, "lambda", config=ONCE)
    with caplog.at_level(logging.ERROR):
        code, status, message = error_of(client.get_alias, FunctionName="f", Name="broken")
    assert (code, status) == ("InternalFailure", 500)
    assert message == "the sandbox failed: KeyError: 'a mistake of ours'"
    assert "lambda:GetAlias failed inside the sandbox" in caplog.text


BREACHES = [
    ({"Bogus": 1}, "Bogus, which is not a member of AliasConfiguration"),
    ({"Name": 3}, "Name as int, which is a string"),
    ({"Description": b"x"}, "Description as bytes, which is a string"),
    (
        {"RoutingConfig": {"AdditionalVersionWeights": {"4": "0.1"}}},
        "RoutingConfig.AdditionalVersionWeights['4'] as str, which is a double",
    ),
]


@pytest.mark.parametrize(("answer", "breach"), BREACHES)
def test_strict_refuses_what_aws_could_not_answer(
    tiny: Sandbox, breaches_on_purpose: Path, answer: dict[str, Any], breach: str
) -> None:
    tiny.account.services["lambda"].answers["GetAlias"] = answer
    with pytest.raises(ContractError, match="GetAlias answered"):
        tiny.account.call("lambda", "GetAlias", {"FunctionName": "f", "Name": "live"})
    assert tiny.door.breaches == [f"GetAlias answered {breach}"]
    assert breaches_on_purpose.read_text() == f"GetAlias answered {breach}\n"


@pytest.mark.parametrize(
    ("params", "breach"),
    [
        ({"FunctionName": "f"}, "no Name, which is required"),
        ({"FunctionName": "f", "Name": 3}, "Name as int, which is a string"),
        (
            {"FunctionName": "f", "Name": "live", "Alias": "live"},
            "Alias, which is not a member of GetAliasRequest",
        ),
    ],
)
def test_strict_refuses_what_one_service_could_not_ask_another(
    tiny: Sandbox, breaches_on_purpose: Path, params: dict[str, Any], breach: str
) -> None:
    with pytest.raises(ContractError, match=f"GetAlias was asked with {breach}"):
        tiny.account.call("lambda", "GetAlias", params)
    assert breaches_on_purpose.exists()


def test_every_account_of_the_run_is_strict() -> None:
    assert open_account(ManualClock(), services=TINY).door.strict


def test_strict_sees_times_without_zone_missing_members_and_strange_values(
    tiny: Sandbox, breaches_on_purpose: Path
) -> None:
    class Loose:
        def __init__(self, _account: Account) -> None:
            pass

        def get_deployment(self, _params: dict[str, Any]) -> dict[str, Any]:
            return {"deploymentInfo": {"createTime": datetime(2026, 1, 1), "status": "Done"}}

    tiny.account.services["codedeploy"] = Loose(tiny.account)
    with pytest.raises(ContractError) as raised:
        tiny.account.call("codedeploy", "GetDeployment", {"deploymentId": "d"})
    assert "deploymentInfo.createTime as a time without a zone" in str(raised.value)
    assert "deploymentInfo.status as 'Done', which is none of Created, Queued" in str(raised.value)


def test_a_call_from_inside(tiny: Sandbox) -> None:
    answer = tiny.account.call("lambda", "GetAlias", {"FunctionName": "f", "Name": "live"})
    assert answer["FunctionVersion"] == "3"
    with pytest.raises(ApiError) as raised:
        tiny.account.call("lambda", "GetAlias", {"FunctionName": "f", "Name": "missing"})
    assert (raised.value.code, raised.value.status) == ("ResourceNotFoundException", 404)
    with pytest.raises(ApiError, match="has no PutResource of codedeploy"):
        tiny.account.call("codedeploy", "PutResource")
    with pytest.raises(ApiError, match="has no Ask of oracle"):
        tiny.account.call("oracle", "Ask")


def test_private_members_reach_the_service(tiny: Sandbox) -> None:
    params = {"FunctionName": "f", "Name": "live", "_creator": "CloudFormation"}
    tiny.account.call("lambda", "UpdateAlias", params)
    assert tiny.account.services["lambda"].asked == [("UpdateAlias", params)]


def test_the_journal_says_who_asked_for_what_when(tiny: Sandbox) -> None:
    client = over_socket(tiny, "lambda")
    client.get_alias(FunctionName="f", Name="live")
    tiny.account.clock.advance(5)  # type: ignore[attr-defined]
    client.update_alias(FunctionName="f", Name="live", FunctionVersion="4")
    error_of(client.get_alias, FunctionName="f", Name="missing")
    tiny.account.call("codedeploy", "GetDeployment", {"deploymentId": "d"})
    somebody = ACCESS_KEY_ID
    assert [
        (e.at, e.service, e.operation, e.caller, e.writes, e.status, e.code)
        for e in tiny.door.journal
    ] == [
        (NOW, "lambda", "GetAlias", somebody, False, 200, None),
        (NOW + 5, "lambda", "UpdateAlias", somebody, True, 200, None),
        (NOW + 5, "lambda", "GetAlias", somebody, False, 404, "ResourceNotFoundException"),
        (NOW + 5, "codedeploy", "GetDeployment", None, False, 200, None),
    ]


ALIAS = {"FunctionName": "f", "Name": "live"}


def test_the_unsigned_are_turned_away(tiny: Sandbox) -> None:
    form = Request(
        "POST",
        "/",
        headers={"content-type": "application/x-www-form-urlencoded"},
        body=b"Action=DescribeStacks&Version=2010-05-15",
    )
    response = tiny.door.handle(form)
    assert response.status == 403
    assert b"<Code>MissingAuthenticationToken</Code>" in response.body
    response = tiny.door.handle(Request("GET", "/bucket/key"))
    assert (response.status, b"<Code>AccessDenied</Code>" in response.body) == (403, True)
    listed = tiny.door.handle(Request("GET", "/2015-03-31/functions"))
    said = listed.headers["x-amzn-ErrorType"]
    assert (listed.status, said) == (403, "MissingAuthenticationTokenException")
    as_json = Request("POST", "/", headers={"content-type": "application/x-amz-json-1.1"})
    response = tiny.door.handle(as_json)
    assert response.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"


def test_a_web_page_is_turned_away(tiny: Sandbox) -> None:
    """A page may post a form to any port of the machine, but cannot hide where it is from."""
    scope = "X-Amz-Credential=AKIA%2F20260101%2Fus-east-1%2Fcloudformation%2Faws4_request"
    form = Request(
        "POST",
        "/",
        scope,
        {"content-type": "application/x-www-form-urlencoded", "origin": "https://evil.example"},
        b"Action=DescribeStacks&Version=2010-05-15",
    )
    response = tiny.door.handle(form)
    assert (response.status, b"does not serve web pages" in response.body) == (403, True)


def test_another_region_is_another_place(tiny: Sandbox) -> None:
    client = over_socket(tiny, "lambda", region_name="eu-west-1")
    code, status, message = error_of(client.get_alias, **ALIAS)
    assert (code, status) == ("InvalidSignatureException", 403)
    assert message.endswith("this sandbox is in us-east-1.")
    stacks = over_socket(tiny, "cloudformation", region_name="eu-west-1")
    assert error_of(stacks.describe_stacks)[0] == "SignatureDoesNotMatch"


def test_an_api_of_the_account_is_not_an_api_of_aws(
    tiny: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[Any, ...]] = []

    def handle(
        account: Account, request: httpapi.Incoming, api_id: str
    ) -> tuple[int, dict[str, str], bytes]:
        seen.append((account.id, api_id, request))
        return 418, {"Content-Type": "text/plain"}, b"teapot"

    monkeypatch.setattr(httpapi, "handle", handle)
    by_path = Request("GET", "/_aws/execute-api/abc123/version", "q=1", {"host": "127.0.0.1:1"})
    host = {"host": "abc123.execute-api.us-east-1.amazonaws.com"}
    by_host = Request("POST", "/version", "", host, b"{}")
    for request in (by_path, by_host):
        response = tiny.door.handle(request)
        assert (response.status, response.body) == (418, b"teapot")
    there, here = httpapi.Incoming, "000000000000"
    assert seen == [
        (here, "abc123", there("GET", "/version", "q=1", {"host": "127.0.0.1:1"}, b"")),
        (here, "abc123", there("POST", "/version", "", host, b"{}")),
    ]


def test_cloudwatch_still_understands_the_clients_of_yesterday(tiny: Sandbox) -> None:
    """Before CBOR and JSON it was spoken to with the query protocol."""
    tiny.account.services["cloudwatch"].describe_alarms = lambda params: {
        "MetricAlarms": [{"AlarmName": params["AlarmNames"][0], "StateValue": "OK"}]
    }
    request = Request(
        "POST",
        "/",
        headers={"content-type": "application/x-www-form-urlencoded"},
        body=b"Action=DescribeAlarms&AlarmNames.member.1=a&Version=2010-08-01",
    )
    response = tiny.door.handle(signed("monitoring", request))
    assert b"<DescribeAlarmsResult><MetricAlarms><member><AlarmName>a</AlarmName>" in response.body


def test_a_token_that_the_caller_left_out_is_made_up(tiny: Sandbox) -> None:
    asked: list[dict[str, Any]] = []

    class StackSets:
        def create_stack_set(self, params: dict[str, Any]) -> dict[str, Any]:
            asked.append(params)
            return {"StackSetId": "s:1"}

    tiny.account.services["cloudformation"] = StackSets()
    for _ in range(2):
        tiny.account.call("cloudformation", "CreateStackSet", {"StackSetName": "s"})
    given = {"StackSetName": "s", "ClientRequestToken": "mine"}
    tiny.account.call("cloudformation", "CreateStackSet", given)
    tokens = [params["ClientRequestToken"] for params in asked]
    assert len(set(tokens)) == 3
    assert tokens[2] == "mine"


def test_eight_clients_at_once(tiny: Sandbox) -> None:
    """The first calls of a service fill tables that all threads then use."""
    clients = [over_socket(tiny, "lambda") for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda client: client.get_alias(**ALIAS), clients * 5))
    assert {answer["FunctionVersion"] for answer in answers} == {"3"}
    assert {answer["RoutingConfig"]["AdditionalVersionWeights"]["4"] for answer in answers} == {0.1}
    assert len(tiny.door.journal) == 40
