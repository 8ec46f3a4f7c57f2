"""S3, IAM, STS and Logs behind the door: over the socket, in process, and from inside."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from lambdactl.sandbox import moto_world
from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.faults import throttled
from lambdactl.sandbox.identity import IdentityService
from lambdactl.sandbox.inside import boto3_client
from lambdactl.sandbox.moto_world import MotoWorld
from lambdactl.sandbox.open import Sandbox, close_account, open_account
from lambdactl.sandbox.wire import Request
from tests.sandbox.tiny import signed

NOW = 1_800_000_000.0
KEY = "artifacts/ü + %2F.zip"
ZIP = bytes(range(256)) * 40
ClientOf = Callable[..., Any]


@pytest.fixture
def place() -> Iterator[Sandbox]:
    services = {"sts": IdentityService}
    with Sandbox(clock=ManualClock(NOW), services=services, strict=True) as made:
        yield made


def by_socket(place: Sandbox) -> ClientOf:
    environment = place.environment()
    return lambda service, **more: boto3.client(
        service,
        endpoint_url=place.endpoint,
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
        **more,
    )


@pytest.fixture(params=["socket", "in process"])
def reach(request: pytest.FixtureRequest, place: Sandbox) -> ClientOf:
    return place.client if request.param == "in process" else by_socket(place)


@pytest.fixture
def bucket(reach: ClientOf) -> tuple[Any, str]:
    s3 = reach("s3")
    s3.create_bucket(Bucket="artifacts-1")
    return s3, "artifacts-1"


def code_of(call: Callable[..., Any], **params: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as raised:
        call(**params)
    response = raised.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("algorithm", [None, "CRC32", "SHA1", "SHA256"])
def test_an_object_comes_back_as_it_went(bucket: tuple[Any, str], algorithm: str | None) -> None:
    s3, name = bucket
    more = {"ChecksumAlgorithm": algorithm} if algorithm else {}
    s3.put_object(Bucket=name, Key=KEY, Body=ZIP, Metadata={"sha-of": "x"}, **more)
    head = s3.head_object(Bucket=name, Key=KEY, ChecksumMode="ENABLED")
    assert head["ContentLength"] == len(ZIP)
    assert head["Metadata"] == {"sha-of": "x"}
    assert head["LastModified"] == datetime.fromtimestamp(NOW, UTC)
    assert f"Checksum{algorithm or 'CRC32'}" in head
    assert s3.get_object(Bucket=name, Key=KEY)["Body"].read() == ZIP
    (listed,) = s3.list_objects_v2(Bucket=name, Prefix="artifacts/")["Contents"]
    assert (listed["Key"], listed["Size"]) == (KEY, len(ZIP))


def test_a_stream_is_sent_in_aws_chunks_and_stored_without_them(bucket: tuple[Any, str]) -> None:
    s3, name = bucket
    s3.put_object(Bucket=name, Key="stream", Body=io.BytesIO(ZIP), ContentEncoding="gzip")
    answer = s3.get_object(Bucket=name, Key="stream")
    assert answer["Body"].read() == ZIP
    assert "aws-chunked" not in answer.get("ContentEncoding", "")


def test_a_large_file_goes_up_in_parts(bucket: tuple[Any, str]) -> None:
    s3, name = bucket
    s3.upload_fileobj(io.BytesIO(ZIP * 1000), name, "large")
    assert s3.head_object(Bucket=name, Key="large")["ContentLength"] == len(ZIP) * 1000
    answer = s3.get_object(Bucket=name, Key="large", Range="bytes=256-259")
    assert answer["Body"].read() == b"\x00\x01\x02\x03"


def test_a_private_encrypted_bucket(bucket: tuple[Any, str]) -> None:
    s3, name = bucket
    closed = dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
    )
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=closed)
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_bucket_tagging(
        Bucket=name, Tagging={"TagSet": [{"Key": "made-by", "Value": "lambdactl"}]}
    )
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    assert s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"] == closed
    encryption = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]
    assert rule.items() <= encryption["Rules"][0].items()
    assert s3.get_bucket_tagging(Bucket=name)["TagSet"] == [
        {"Key": "made-by", "Value": "lambdactl"}
    ]
    first = s3.put_object(Bucket=name, Key="k", Body=b"1")["VersionId"]
    second = s3.put_object(Bucket=name, Key="k", Body=b"2")["VersionId"]
    assert first != second
    assert s3.get_object(Bucket=name, Key="k", VersionId=first)["Body"].read() == b"1"
    assert [b["Name"] for b in s3.list_buckets()["Buckets"]] == [name]


def test_what_is_not_in_s3(bucket: tuple[Any, str]) -> None:
    s3, name = bucket
    assert code_of(s3.head_object, Bucket=name, Key="no") == ("404", 404)
    assert code_of(s3.get_object, Bucket=name, Key="no") == ("NoSuchKey", 404)
    assert code_of(s3.head_bucket, Bucket="no-such-bucket") == ("404", 404)
    assert code_of(s3.list_objects_v2, Bucket="no-such-bucket") == ("NoSuchBucket", 404)


def test_a_presigned_address(place: Sandbox) -> None:
    for version in ("s3", "s3v4"):
        s3 = by_socket(place)("s3", config=Config(signature_version=version))
        s3.create_bucket(Bucket=f"bucket-{version}")
        params = {"Bucket": f"bucket-{version}", "Key": KEY}
        address = s3.generate_presigned_url("put_object", Params=params)
        no_type = {"Content-Type": ""}  # which S3's first signature covers
        put = urllib.request.Request(address, data=ZIP, headers=no_type, method="PUT")
        with urllib.request.urlopen(put) as answer:
            assert answer.status == 200
        with urllib.request.urlopen(s3.generate_presigned_url("get_object", params)) as answer:
            assert answer.read() == ZIP


def test_without_a_signature_an_object_is_denied(place: Sandbox) -> None:
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(f"{place.endpoint}/bucket/key")
    with raised.value as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (403, "text/xml")


def test_a_bucket_in_the_host_name(place: Sandbox) -> None:
    s3 = place.client("s3")
    s3.create_bucket(Bucket="named")
    s3.put_object(Bucket="named", Key="k", Body=b"value")
    for host in ("named.localhost:4566", "named.s3.us-east-1.amazonaws.com", "named.s3.localhost"):
        response = place.door.handle(signed("s3", Request("GET", "/k", "", {"host": host})))
        assert (response.status, response.body) == (200, b"value")


ABSENT: list[tuple[str, str, dict[str, Any]]] = [
    ("s3", "put_bucket_analytics_configuration",
     {"Bucket": "b", "Id": "x", "AnalyticsConfiguration": {"Id": "x", "StorageClassAnalysis": {}}}),
    ("s3", "get_object_torrent", {"Bucket": "b", "Key": "k"}),
    ("s3", "put_bucket_request_payment",
     {"Bucket": "b", "RequestPaymentConfiguration": {"Payer": "Requester"}}),
    ("iam", "generate_service_last_accessed_details", {"Arn": "arn:aws:iam::000000000000:role/x"}),
    ("sts", "decode_authorization_message", {"EncodedMessage": "x"}),
    ("logs", "get_log_group_fields", {"logGroupName": "g"}),
    ("xray", "get_groups", {}),
    ("signer", "list_signing_profiles", {}),
]  # fmt: skip


@pytest.mark.parametrize(("service", "call", "params"), ABSENT)
def test_what_moto_lacks_says_so(
    reach: ClientOf, service: str, call: str, params: dict[str, Any]
) -> None:
    assert code_of(getattr(reach(service), call), **params) == ("NotImplemented", 501)


def test_a_role_and_a_policy_of_aws(reach: ClientOf) -> None:
    iam = reach("iam")
    trust = '{"Version":"2012-10-17","Statement":[]}'
    role = iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=trust)["Role"]
    assert role["Arn"] == "arn:aws:iam::000000000000:role/deploy"
    policy = "arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda"
    iam.attach_role_policy(RoleName="deploy", PolicyArn=policy)
    attached = iam.list_attached_role_policies(RoleName="deploy")["AttachedPolicies"]
    assert [entry["PolicyArn"] for entry in attached] == [policy]
    assert code_of(iam.get_role, RoleName="nobody") == ("NoSuchEntity", 404)


def test_somebody_else(reach: ClientOf) -> None:
    arn = "arn:aws:iam::000000000000:role/deploy"
    answer = reach("sts").assume_role(RoleArn=arn, RoleSessionName="me")
    assert answer["AssumedRoleUser"]["Arn"].startswith("arn:aws:sts::000000000000:assumed-role/")
    assert len(answer["Credentials"]["AccessKeyId"]) == 20


def test_logs_live_by_the_account_s_clock(place: Sandbox, reach: ClientOf) -> None:
    """CloudWatch Logs refuses what is two hours ahead of its own clock."""
    place.account.clock.advance(40 * 86400)  # type: ignore[attr-defined]
    now = int(place.account.clock.now() * 1000)
    logs = reach("logs")
    logs.create_log_group(logGroupName="/aws/lambda/f")
    logs.create_log_stream(logGroupName="/aws/lambda/f", logStreamName="s")
    stream = {"logGroupName": "/aws/lambda/f", "logStreamName": "s"}
    answer = logs.put_log_events(**stream, logEvents=[{"timestamp": now, "message": "REPORT"}])
    assert "rejectedLogEventsInfo" not in answer
    (event,) = logs.filter_log_events(logGroupName="/aws/lambda/f")["events"]
    assert (event["timestamp"], event["message"]) == (now, "REPORT")
    again = code_of(logs.create_log_group, logGroupName="/aws/lambda/f")
    assert again == ("ResourceAlreadyExistsException", 400)


def test_the_oldest_lines_of_a_stream_give_way(
    place: Sandbox, reach: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moto_world, "LINES_KEPT", 100)
    logs, now = reach("logs"), int(place.account.clock.now() * 1000)
    stream = {"logGroupName": "/aws/lambda/f", "logStreamName": "s"}
    logs.create_log_group(logGroupName="/aws/lambda/f")
    logs.create_log_stream(**stream)
    for first in range(0, 150, 50):
        events = [{"timestamp": now + n, "message": f"{n}"} for n in range(first, first + 50)]
        logs.put_log_events(**stream, logEvents=events)
    left = logs.get_log_events(**stream, startFromHead=True)["events"]
    assert [left[0]["message"], left[-1]["message"], len(left)] == ["50", "149", 100]


def test_from_inside_the_account(place: Sandbox) -> None:
    call = place.account.call
    call("s3", "CreateBucket", {"Bucket": "inside"})
    call("s3", "PutObject", {"Bucket": "inside", "Key": KEY, "Body": ZIP})
    answer = call("s3", "GetObject", {"Bucket": "inside", "Key": KEY})
    assert answer["Body"] == ZIP
    assert "ResponseMetadata" not in answer
    with pytest.raises(ApiError) as raised:
        call("s3", "GetObject", {"Bucket": "inside", "Key": "no"})
    assert (raised.value.code, raised.value.status) == ("NoSuchKey", 404)
    with pytest.raises(ApiError, match="has no GetObjectTorrent of s3"):
        call("s3", "GetObjectTorrent", {"Bucket": "inside", "Key": KEY})
    said = [(entry.operation, entry.status) for entry in place.door.journal]
    assert said == [
        ("CreateBucket", 200), ("PutObject", 200), ("GetObject", 200), ("GetObject", 404),
        ("GetObjectTorrent", 501),
    ]  # fmt: skip


def test_faults_strike_here_too(place: Sandbox) -> None:
    place.door.faults.add("s3:ListBuckets", throttled())
    s3 = by_socket(place)("s3", config=Config(retries={"total_max_attempts": 1}))
    assert code_of(s3.list_buckets) == ("SlowDown", 503)


def test_two_accounts_of_a_process_do_not_see_each_other() -> None:
    one = open_account(ManualClock(NOW), services={})
    two = open_account(ManualClock(NOW + 3600), services={})
    s3 = {account: boto3_client(account.door.handle, "s3", "us-east-1") for account in (one, two)}
    for account in (one, two, one, two):
        name = f"bucket-{len(s3[account].list_buckets()['Buckets'])}"
        s3[account].create_bucket(Bucket=name)
        s3[account].put_object(Bucket=name, Key="k", Body=name.encode())
    for account in (one, two):
        names = [bucket["Name"] for bucket in s3[account].list_buckets()["Buckets"]]
        assert names == ["bucket-0", "bucket-1"]
        head = s3[account].head_object(Bucket="bucket-0", Key="k")
        assert head["LastModified"] == account.clock.utcnow()
    close_account(one)
    assert len(s3[two].list_buckets()["Buckets"]) == 2
    close_account(two)


def test_a_closed_account_leaves_nothing_to_the_next() -> None:
    def names(account: Account) -> list[str]:
        buckets = account.call("s3", "ListBuckets")["Buckets"]
        return [bucket["Name"] for bucket in buckets]

    first = open_account(ManualClock(), services={})
    first.call("s3", "CreateBucket", {"Bucket": "left-behind"})
    first.call("s3", "PutObject", {"Bucket": "left-behind", "Key": "k", "Body": b"x"})
    assert names(first) == ["left-behind"]
    close_account(first)
    second = open_account(ManualClock(), services={})
    assert names(second) == []
    close_account(second)


def test_a_failure_of_moto_is_a_500_in_the_right_protocol(
    place: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    s3 = by_socket(place)("s3", config=Config(retries={"total_max_attempts": 1}))
    s3.list_buckets()

    def fail(*_: Any) -> None:
        raise KeyError("key")

    monkeypatch.setattr("moto.s3.responses.S3Response.all_buckets", fail)
    with caplog.at_level(logging.ERROR):
        assert code_of(s3.list_buckets) == ("InternalFailure", 500)
    assert "moto failed at s3 ListBuckets" in caplog.text


def test_an_html_page_is_never_passed_on(place: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    s3 = place.client("s3")
    s3.list_buckets()
    page = (404, {"Content-Type": "text/html"}, "<!doctype html><h1>Not Found</h1>")
    monkeypatch.setattr("moto.s3.responses.S3Response.all_buckets", lambda _self: page)
    assert code_of(s3.list_buckets) == ("NotImplemented", 501)


def test_moto_is_imported_when_it_is_first_needed_and_flask_never() -> None:
    script = """
import sys
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.identity import IdentityService
from lambdactl.sandbox.open import Sandbox
with Sandbox(clock=ManualClock(), services={"sts": IdentityService}) as sandbox:
    sandbox.account.call("sts", "GetCallerIdentity")
    assert not {"moto", "boto3", "werkzeug"} & set(sys.modules), "too early"
    sandbox.account.call("s3", "ListBuckets")
    assert "moto.s3" in sys.modules
    assert "flask" not in sys.modules
"""
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True, timeout=60)


def test_without_moto_the_answer_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "moto"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "moto", None)
    monkeypatch.setattr("lambdactl.sandbox.moto_side.the_world", MotoWorld)
    account = open_account(ManualClock(), services={})
    s3 = boto3_client(account.door.handle, "s3", account.region)
    with pytest.raises(
        ClientError, match=r"S3, IAM and STS need moto: pip install 'lambdactl\[sand"
    ):
        s3.list_buckets()
    with pytest.raises(ApiError, match="need moto"):
        account.call("iam", "ListRoles")
