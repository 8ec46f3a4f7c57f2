"""Services of a few lines, to see the door through, and clients that reach them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from lambdactl.sandbox.account import ACCESS_KEY_ID, SECRET_ACCESS_KEY, Account, ApiError
from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.wire import Request

NOW = 1_800_000_000.0
ONCE = Config(retries={"total_max_attempts": 1})


class TinyLambda:
    """Remembers what it was asked; ``answers`` may put other answers in place."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Any] = {}

    def get_alias(self, params: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(("GetAlias", params))
        if params["Name"] == "missing":
            arn = self.account.arn("lambda", f"function:{params['FunctionName']}:missing")
            message = f"Cannot find alias arn: {arn}"
            raise ApiError("ResourceNotFoundException", message, 404)
        if params["Name"] == "broken":
            raise KeyError("a mistake of ours")
        alias = {
            "AliasArn": self.account.arn("lambda", f"function:f:{params['Name']}"),
            "Name": params["Name"],
            "FunctionVersion": "3",
            "Description": "",
            "RoutingConfig": {"AdditionalVersionWeights": {"4": 0.1}},
            "RevisionId": "r-1",
        }
        return {**alias, **self.answers.get("GetAlias", {})}

    def update_alias(self, params: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(("UpdateAlias", params))
        return {"Name": params["Name"], "RevisionId": "r-2"}

    def delete_function(self, params: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(("DeleteFunction", params))
        return {"StatusCode": 204}

    def invoke(self, params: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(("Invoke", params))
        return {"StatusCode": 200, "ExecutedVersion": "4", "Payload": params.get("Payload", b"")}


class TinyCodeDeploy:
    def __init__(self, account: Account) -> None:
        self.account = account

    def get_deployment(self, params: dict[str, Any]) -> dict[str, Any]:
        created = self.account.clock.utcnow()
        return {"deploymentInfo": {"deploymentId": params["deploymentId"], "createTime": created}}


class TinyCloudWatch:
    def __init__(self, account: Account) -> None:
        self.put: list[dict[str, Any]] = []

    def put_metric_data(self, params: dict[str, Any]) -> dict[str, Any]:
        self.put.append(params)
        return {}

    def describe_alarms(self, params: dict[str, Any]) -> dict[str, Any]:
        raise ApiError("ResourceNotFound", "no such alarm", 404)


class TinyCloudFormation:
    def __init__(self, account: Account) -> None:
        self.account = account
        self.asked: list[dict[str, Any]] = []

    def create_change_set(self, params: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(params)
        return {"Id": "arn:aws:cloudformation:us-east-1:000000000000:changeSet/c/1", "StackId": "s"}

    def describe_stacks(self, params: dict[str, Any]) -> dict[str, Any]:
        message = f"Stack with id {params.get('StackName')} does not exist"
        raise ApiError("ValidationError", message, 400)


TINY = {
    "lambda": TinyLambda,
    "codedeploy": TinyCodeDeploy,
    "cloudwatch": TinyCloudWatch,
    "cloudformation": TinyCloudFormation,
}


def over_socket(tiny: Sandbox, service: str, **more: Any) -> Any:
    settings = {
        "endpoint_url": tiny.endpoint,
        "aws_access_key_id": ACCESS_KEY_ID,
        "aws_secret_access_key": SECRET_ACCESS_KEY,
        "region_name": "us-east-1",
    }
    return boto3.client(service, **{**settings, **more})


def error_of(call: Callable[..., Any], **params: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as raised:
        call(**params)
    response = raised.value.response
    error = response["Error"]
    return error["Code"], response["ResponseMetadata"]["HTTPStatusCode"], error["Message"]


def signed(service: str, request: Request) -> Request:
    """``request`` with the account's signature; ``service`` is the name that it signs as."""
    headers = {"host": "127.0.0.1", **request.headers}
    url = f"http://{headers['host']}{request.path}?{request.query}"
    made = AWSRequest(request.method, url, headers, request.body)
    auth = S3SigV4Auth if service == "s3" else SigV4Auth
    auth(Credentials(ACCESS_KEY_ID, SECRET_ACCESS_KEY), service, "us-east-1").add_auth(made)
    carried = {name.lower(): str(value) for name, value in made.headers.items()}
    return replace(request, headers=carried)
