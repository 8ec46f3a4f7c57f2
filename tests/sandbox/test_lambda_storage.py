"""Code, layers, and the storage they count against. Grades: [M] botocore's model, [V] measured on
AWS, [D] documentation."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from lambdactl.sandbox.open import Sandbox
from tests.sandbox.lambda_world import ROLE, World, open_world, zipped


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as made:
        yield made


def used(world: World) -> int:
    return int(world.client.get_account_settings()["AccountUsage"]["TotalCodeSize"])


def test_every_copy_counts_in_full(world: World) -> None:
    """[V] no de-duplication: $LATEST and each version count their whole zip; layers too."""
    size = len(zipped())
    world.create()
    counts = [used(world)]
    world.client.update_function_configuration(FunctionName="f", Timeout=9)
    world.advance()
    counts.append(used(world))
    for _ in range(2):
        world.publish()
        counts.append(used(world))
    layer = world.client.publish_layer_version(LayerName="l", Content={"ZipFile": zipped()})
    counts.append(used(world))
    layers = [layer["LayerVersionArn"]]
    world.client.update_function_configuration(FunctionName="f", Layers=layers)
    counts.append(used(world))
    world.client.delete_function(FunctionName="f", Qualifier="1")
    counts.append(used(world))
    world.client.delete_function(FunctionName="f")
    counts.append(used(world))
    world.client.delete_layer_version(LayerName="l", VersionNumber=1)
    counts.append(used(world))
    assert [count // size for count in counts] == [1, 1, 2, 3, 4, 4, 3, 1, 0]
    assert all(count % size == 0 for count in counts)


def test_a_full_account_publishes_nothing(world: World) -> None:
    """[M] CodeStorageExceededException, and the account is as it was."""
    world.create()
    world.service.registry.storage.limit = len(zipped())
    status, code, _ = world.refusal("publish_version", FunctionName="f")
    assert (status, code) == (400, "CodeStorageExceededException")
    assert world.versions() == ["$LATEST"]
    assert used(world) == len(zipped())
    settings = world.client.get_account_settings()["AccountLimit"]
    assert settings["TotalCodeSize"] == len(zipped())


def test_equal_zips_are_kept_once(world: World) -> None:
    world.create()
    world.create("g")
    world.publish()
    held = {
        id(version.package)
        for function in world.service.registry.functions.values()
        for version in function.versions()
    }
    assert len(held) == 1


def test_code_from_s3(world: World) -> None:
    """[M] S3Bucket and S3Key, and [M] REFERENCE: the code is not copied and counts nothing."""
    s3 = world.account.call
    s3("s3", "CreateBucket", {"Bucket": "code"})
    s3("s3", "PutObject", {"Bucket": "code", "Key": "f.zip", "Body": zipped()})
    place = {"S3Bucket": "code", "S3Key": "f.zip"}
    world.create(Code=place)
    assert world.invoke()["result"]["version"] == "$LATEST"
    assert used(world) == len(zipped())
    world.create("g", Code={**place, "S3ObjectStorageMode": "REFERENCE"})
    assert used(world) == len(zipped())
    code = world.client.get_function(FunctionName="g")["Code"]
    assert code["ResolvedS3Object"] == place
    missing = {"S3Bucket": "code", "S3Key": "none.zip"}
    status, error, message = world.refusal("update_function_code", FunctionName="f", **missing)
    assert (status, error) == (400, "InvalidParameterValueException")
    assert message.startswith("Error occurred while GetObject. S3 Error Code: NoSuchKey.")


def test_an_image_takes_no_storage_and_does_not_pretend_to_run(world: World) -> None:
    """[D] images live in ECR; the sandbox has no containers, and says so."""
    image = {"ImageUri": "000000000000.dkr.ecr.us-east-1.amazonaws.com/app:1"}
    world.client.create_function(FunctionName="f", PackageType="Image", Role=ROLE, Code=image)
    world.advance()
    assert used(world) == 0
    assert world.client.get_function(FunctionName="f")["Code"]["ImageUri"] == image["ImageUri"]
    status, _, message = world.refusal("invoke", FunctionName="f")
    assert status == 501
    assert "container image" in message


def test_layers_are_numbered_and_found(world: World) -> None:
    publish = world.client.publish_layer_version
    for number in (1, 2):
        made = publish(LayerName="l", Content={"ZipFile": zipped(f"n = {number}")})
        assert made["Version"] == number
    world.client.delete_layer_version(LayerName="l", VersionNumber=2)
    assert publish(LayerName="l", Content={"ZipFile": zipped("n = 3")})["Version"] == 3
    listed = world.client.list_layer_versions(LayerName="l")["LayerVersions"]
    assert [version["Version"] for version in listed] == [3, 1]
    newest = world.client.list_layers()["Layers"][0]["LatestMatchingVersion"]
    assert newest["Version"] == 3
    assert world.refusal("get_layer_version", LayerName="l", VersionNumber=2)[0] == 404


def test_a_missing_layer_is_refused(world: World) -> None:
    arn = "arn:aws:lambda:us-east-1:000000000000:layer:none:1"
    world.create()
    status, code, message = world.refusal(
        "update_function_configuration", FunctionName="f", Layers=[arn]
    )
    assert (status, code) == (400, "InvalidParameterValueException")
    assert message == f"Layer version {arn} does not exist."


def test_code_can_be_fetched_by_whoever_was_given_its_location(sandbox: Sandbox) -> None:
    lambda_ = sandbox.client("lambda")
    content = zipped()
    code = {"ZipFile": content}
    members = {"Runtime": "python3.13", "Handler": "app.handler", "Role": ROLE}
    lambda_.create_function(FunctionName="f", Code=code, **members)
    told = lambda_.get_function(FunctionName="f")["Code"]["Location"]
    layer = lambda_.publish_layer_version(LayerName="l", Content=code)["Content"]["Location"]
    for address in (told, layer):
        with urllib.request.urlopen(address) as answer:
            assert answer.read() == content
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(f"{told[:-1]}-")
    with raised.value as refused:
        assert refused.status == 403
