"""Who does not sign with a key of the account is turned away, in the words of the service."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.config import Config

from lambdactl.sandbox.account import ACCESS_KEY_ID, FUNCTION_KEY, FUNCTION_KEY_ID
from lambdactl.sandbox.faults import denied
from lambdactl.sandbox.identity import IdentityService
from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.wire import Request
from tests.sandbox.tiny import ONCE, error_of, over_socket, signed

KEY = "folder/ü + %2F=?&.zip"
LIST = {
    "lambda": "list_functions",
    "codedeploy": "list_applications",
    "cloudwatch": "list_metrics",
    "cloudformation": "list_stacks",
    "s3": "list_buckets",
    "iam": "list_roles",
    "logs": "describe_log_groups",
}
WRONG_SECRET = {
    "lambda": ("InvalidSignatureException", 403),
    "codedeploy": ("InvalidSignatureException", 400),
    "cloudwatch": ("SignatureDoesNotMatch", 403),
    "cloudformation": ("SignatureDoesNotMatch", 403),
    "s3": ("SignatureDoesNotMatch", 403),
    "iam": ("SignatureDoesNotMatch", 403),
    "logs": ("InvalidSignatureException", 400),
}
NO_SUCH_KEY = {
    "lambda": ("UnrecognizedClientException", 403),
    "codedeploy": ("UnrecognizedClientException", 400),
    "cloudwatch": ("InvalidClientTokenId", 403),
    "cloudformation": ("InvalidClientTokenId", 403),
    "s3": ("InvalidAccessKeyId", 403),
    "iam": ("InvalidClientTokenId", 403),
    "logs": ("UnrecognizedClientException", 400),
}


def asked(tiny: Sandbox, service: str, **more: Any) -> tuple[str, int, str]:
    return error_of(getattr(over_socket(tiny, service, **more), LIST[service]))


@pytest.mark.parametrize("service", LIST)
def test_a_wrong_secret_is_refused(tiny: Sandbox, service: str) -> None:
    code, status, message = asked(tiny, service, aws_secret_access_key="wrong")
    assert (code, status) == WRONG_SECRET[service]
    assert message.startswith("The request signature we calculated does not match the signature")


@pytest.mark.parametrize("service", LIST)
def test_a_key_that_nobody_gave_out_is_refused(tiny: Sandbox, service: str) -> None:
    code, status, message = asked(tiny, service, aws_access_key_id="AKIANOBODY0000000000")
    assert (code, status) == NO_SUCH_KEY[service]
    in_s3 = "The AWS Access Key Id you provided does not exist in our records."
    elsewhere = "The security token included in the request is invalid."
    assert message == (in_s3 if service == "s3" else elsewhere)


def test_a_temporary_key_needs_its_token(tiny: Sandbox) -> None:
    key = {"aws_access_key_id": FUNCTION_KEY_ID, "aws_secret_access_key": FUNCTION_KEY.secret}
    assert asked(tiny, "s3", **key)[:2] == ("InvalidToken", 400)
    assert asked(tiny, "iam", **key)[0] == "InvalidClientTokenId"
    s3 = over_socket(tiny, "s3", aws_session_token=FUNCTION_KEY.token, **key)
    assert s3.list_buckets()["Buckets"] == []


def test_keys_that_sts_and_iam_give_out_open_the_account(tiny: Sandbox) -> None:
    tiny.account.services["sts"] = IdentityService(tiny.account)
    arn = "arn:aws:iam::000000000000:role/deploy"
    assumed = over_socket(tiny, "sts").assume_role(RoleArn=arn, RoleSessionName="me")["Credentials"]
    temporary = {
        "aws_access_key_id": assumed["AccessKeyId"],
        "aws_secret_access_key": assumed["SecretAccessKey"],
        "aws_session_token": assumed["SessionToken"],
    }
    session = "arn:aws:sts::000000000000:assumed-role/deploy/me"
    assert over_socket(tiny, "sts", **temporary).get_caller_identity()["Arn"] == session
    iam = over_socket(tiny, "iam", **temporary)
    iam.create_user(UserName="somebody")
    made = iam.create_access_key(UserName="somebody")["AccessKey"]
    lasting = {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretAccessKey"],
    }
    assert over_socket(tiny, "s3", **lasting).list_buckets()["Buckets"] == []
    user = over_socket(tiny, "sts", **lasting).get_caller_identity()["Arn"]
    assert user == "arn:aws:iam::000000000000:user/somebody"
    tiny.faults.add("sts:GetCallerIdentity", denied())
    message = error_of(over_socket(tiny, "sts", **temporary).get_caller_identity)[2]
    assert message.startswith(f"User: {session} is not authorized to perform: sts:GetCaller")


def test_what_is_changed_on_its_way_does_not_fit(tiny: Sandbox) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    body = b"Action=DescribeStacks&Version=2010-05-15"
    good = signed("cloudformation", Request("POST", "/", "", form, body))
    assert b"ValidationError" in tiny.door.handle(good).body
    elsewhere = {**good.headers, "host": "localhost"}
    for other in (
        replace(good, body=body + b"&StackName=other"),
        replace(good, query="StackName=other"),
        replace(good, headers=elsewhere),
    ):
        response = tiny.door.handle(other)
        assert (response.status, b"<Code>SignatureDoesNotMatch</Code>" in response.body) == (
            403,
            True,
        )


def test_half_an_authorization_is_incomplete(tiny: Sandbox) -> None:
    scope = f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY_ID}/20260101/us-east-1/lambda/aws4_request"
    path = "/2015-03-31/functions/f/aliases/live"
    response = tiny.door.handle(Request("GET", path, "", {"authorization": scope}))
    said = response.headers["x-amzn-ErrorType"]
    assert (response.status, said) == (403, "IncompleteSignatureException")


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_an_address_that_was_signed_for_one_object_opens_no_other(
    tiny: Sandbox, version: str
) -> None:
    s3 = over_socket(tiny, "s3", config=Config(signature_version=version))
    s3.create_bucket(Bucket="shared")
    s3.put_object(Bucket="shared", Key=KEY, Body=b"mine", Metadata={"by": "me"})
    address: Callable[..., str] = s3.generate_presigned_url
    whole = address("get_object", Params={"Bucket": "shared", "Key": KEY, "VersionId": "null"})
    with urllib.request.urlopen(whole) as answer:
        assert answer.read() == b"mine"
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(whole.replace("folder", "other"))
    with raised.value as refused:
        assert b"<Code>SignatureDoesNotMatch</Code>" in refused.read()


def test_both_signatures_of_s3_and_every_name(tiny: Sandbox) -> None:
    for version in ("s3", "s3v4"):
        for style in ("path", "auto"):
            config = Config(signature_version=version, s3={"addressing_style": style})
            s3 = over_socket(tiny, "s3", config=config.merge(ONCE))
            s3.create_bucket(Bucket="names")
            named = {"Bucket": "names", "Key": KEY}
            s3.put_object(**named, Body=b"x", ContentType="text/plain", Tagging="a=b")
            assert s3.get_object(**named)["ContentType"] == "text/plain"
            (listed,) = s3.list_objects_v2(Bucket="names", Prefix="folder/ü +")["Contents"]
            assert listed["Key"] == KEY
            s3.delete_object(**named)


def test_what_lambda_is_asked_is_signed_with_its_odd_characters(sandbox: Sandbox) -> None:
    client = boto3.client(
        "lambda",
        endpoint_url=sandbox.endpoint,
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=sandbox.environment()["AWS_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
        config=ONCE,
    )
    arn = sandbox.account.arn("lambda", "function:f:live")
    for name in ("f", arn, "f:$LATEST", "000000000000:function:f"):
        assert error_of(client.get_function, FunctionName=name)[0] == "ResourceNotFoundException"
    assert error_of(client.list_tags, Resource=arn.removesuffix(":live"))[1] == 404
