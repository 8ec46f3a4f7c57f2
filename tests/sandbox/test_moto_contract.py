"""What moto answers, and what it is asked, is held to botocore's shapes as our own services are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.contract import ContractError
from lambdactl.sandbox.moto_world import MotoWorld
from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.wire import Response

Say = Callable[..., None]
XML = {"Content-Type": "text/xml"}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})
BUCKET = {"Bucket": "held"}
ROLE = {"RoleName": "r"}


@pytest.fixture
def place() -> Iterator[Sandbox]:
    with Sandbox(clock=ManualClock(), services={}) as made:
        yield made


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Say:
    """``say(body)``: whatever moto is asked, this is what it answers."""

    def answers(body: str, status: int = 200, headers: dict[str, str] | None = None) -> None:
        told = Response(status, dict(headers or {}), body.encode())
        monkeypatch.setattr(MotoWorld, "ask", lambda *_: told)

    return answers


def _bucket(inside: str) -> str:
    return f"<R><Buckets><Bucket><Name>b</Name>{inside}</Bucket></Buckets></R>"


def _role(inside: str) -> str:
    return (
        "<GetRoleResponse><GetRoleResult><Role><Path>/</Path><RoleName>r</RoleName>"
        f"<RoleId>AROA</RoleId><Arn>arn:aws:iam::000000000000:role/r</Arn>{inside}</Role>"
        "</GetRoleResult></GetRoleResponse>"
    )


WHEN = "<CreateDate>2026-01-01T00:00:00Z</CreateDate>"
UPLOADED = "<R><IsTruncated>{}</IsTruncated></R>"
BREACHES: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("s3", "ListBuckets", {}, _bucket("<Owned>me</Owned>"), "Buckets[].Owned, which is not a"),
    ("s3", "ListBuckets", {}, "<R><Buckets><Item/></Buckets></R>", "with Item, where Bucket be"),
    ("s3", "ListBuckets", {}, _bucket("<CreationDate>now</CreationDate>"), "be read: ValueError"),
    ("s3", "ListBuckets", {}, "<R><Buckets>", "cannot be read: ParseError"),
    ("s3", "ListObjectsV2", BUCKET, UPLOADED.format("True"), "IsTruncated as 'True', which is"),
    ("s3", "ListObjectsV2", BUCKET, "<R><KeyCount>few</KeyCount></R>", "be read: ValueError"),
    ("s3", "GetBucketVersioning", BUCKET, "<R><Status>On</Status></R>", "Status as 'On', which"),
    ("iam", "GetRole", ROLE, _role(""), "no Role.CreateDate, which is required"),
    ("iam", "GetRole", ROLE, _role(f"{WHEN}<Boss/>"), "Role.Boss, which is not a member of Role"),
    ("iam", "GetRole", ROLE, "<R><Role/></R>", "cannot be read: KeyError"),
    ("logs", "DescribeLogGroups", {}, '{"logGroups": [{"name": "g"}]}', "logGroups[].name, whi"),
    ("logs", "DescribeLogGroups", {}, '{"logGroups": [{"storedBytes": "7"}]}', "Bytes as str"),
    ("logs", "DescribeLogGroups", {}, '{"logGroups": {"g": 1}}', "be read: AttributeError"),
]  # fmt: skip


@pytest.mark.parametrize(("service", "operation", "params", "body", "breach"), BREACHES)
def test_an_answer_that_aws_could_not_give_is_a_breach(
    place: Sandbox,
    say: Say,
    breaches_on_purpose: Path,
    service: str,
    operation: str,
    params: dict[str, Any],
    body: str,
    breach: str,
) -> None:
    say(body)
    with pytest.raises(ContractError, match=f"^{operation} answered "):
        place.account.call(service, operation, params)
    assert breach in place.door.breaches[0]
    assert breaches_on_purpose.read_text() == f"{place.door.breaches[0]}\n"


@pytest.mark.parametrize(
    ("service", "operation", "body"),
    [
        ("s3", "ListBuckets", "<Error><Message>no</Message></Error>"),
        ("logs", "DescribeLogGroups", '{"message": "no"}'),
    ],
)
def test_an_error_without_a_code_is_a_breach(
    place: Sandbox, say: Say, breaches_on_purpose: Path, service: str, operation: str, body: str
) -> None:
    say(body, 400, XML)
    with pytest.raises(ContractError):
        place.account.call(service, operation)
    assert breaches_on_purpose.exists()


def test_a_client_is_told_of_a_breach_by_a_500(
    place: Sandbox, say: Say, breaches_on_purpose: Path, caplog: pytest.LogCaptureFixture
) -> None:
    say(_bucket("<Owned>me</Owned>"))
    s3 = place.client("s3")
    with pytest.raises(s3.exceptions.ClientError, match=r"ContractError: ListBuckets answered"):
        s3.list_buckets()
    assert breaches_on_purpose.exists()


def test_a_request_that_aws_would_not_understand_is_a_breach(
    place: Sandbox, breaches_on_purpose: Path
) -> None:
    """botocore checks no enumeration before it sends."""
    place.account.call("s3", "CreateBucket", BUCKET)
    with pytest.raises(ContractError, match=r"Configuration\.Status as 'On', which is none of"):
        put = {**BUCKET, "VersioningConfiguration": {"Status": "On"}}
        place.account.call("s3", "PutBucketVersioning", put)
    with pytest.raises(ContractError, match="StorageClass as 'COLD', which is none of"):
        put = {**BUCKET, "Key": "k", "StorageClass": "COLD"}
        place.account.call("s3", "PutObject", put)
    assert len(place.door.breaches) == 2


def test_the_answer_to_a_policy_has_no_content(place: Sandbox) -> None:
    s3 = place.client("s3")
    s3.create_bucket(**BUCKET)
    answer = s3.put_bucket_policy(**BUCKET, Policy=POLICY)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert json.loads(s3.get_bucket_policy(**BUCKET)["Policy"]) == json.loads(POLICY)


def test_a_bucket_s_settings_go_and_come_back(place: Sandbox) -> None:
    """Not to the deprecated operations that share their addresses."""
    s3 = place.client("s3")
    s3.create_bucket(**BUCKET)
    rule = {"ID": "x", "Status": "Enabled", "Filter": {"Prefix": "a"}, "Expiration": {"Days": 3}}
    s3.put_bucket_lifecycle_configuration(**BUCKET, LifecycleConfiguration={"Rules": [rule]})
    assert s3.get_bucket_lifecycle_configuration(**BUCKET)["Rules"] == [rule]
    cors = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}
    s3.put_bucket_cors(**BUCKET, CORSConfiguration={"CORSRules": [cors]})
    assert s3.get_bucket_cors(**BUCKET)["CORSRules"] == [cors]
    s3.put_bucket_notification_configuration(**BUCKET, NotificationConfiguration={})
    s3.put_bucket_logging(**BUCKET, BucketLoggingStatus={})
    s3.put_bucket_versioning(**BUCKET, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(**BUCKET, Key="k", Body=b"1", StorageClass="STANDARD_IA", Tagging="a=b")
    (version,) = s3.list_object_versions(**BUCKET)["Versions"]
    assert version["StorageClass"] == "STANDARD_IA"
    gone = s3.delete_objects(**BUCKET, Delete={"Objects": [{"Key": "k"}, {"Key": "none"}]})
    assert [each["Key"] for each in gone["Deleted"]] == ["k", "none"]
    called = [entry.operation for entry in place.journal]
    assert not {"PutBucketLifecycle", "PutBucketNotification"} & set(called)
