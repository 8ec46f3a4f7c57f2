"""S3: buckets as deployments need them, and their policies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.cloudformation.records import StackResource
from lambdactl.sandbox.cloudformation.resources.kind import (
    Kind,
    Made,
    Site,
    as_tag_list,
    deleted,
    from_tag_list,
)
from lambdactl.sandbox.cloudformation.shapes import as_input, mismatch, required
from lambdactl.sandbox.cloudformation.walk import Work

_SETTINGS = {
    "BucketEncryption": "PutBucketEncryption",
    "OwnershipControls": "PutBucketOwnershipControls",
    "PublicAccessBlockConfiguration": "PutPublicAccessBlock",
    "VersioningConfiguration": "PutBucketVersioning",
}
"""The properties that the sandbox has, and the operation that sets each."""


class BucketKind(Kind):
    type = "AWS::S3::Bucket"
    attributes = frozenset({"Arn", "DomainName", "RegionalDomainName"})
    fixed = frozenset({"BucketName"})
    named_by = "BucketName"
    takes_tags = True

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        _check(properties)
        name = properties.get("BucketName") or site.name(63, is_lower=True)
        params: dict[str, Any] = {"Bucket": name}
        if site.account.region != "us-east-1":
            region = site.account.region
            params["CreateBucketConfiguration"] = {"LocationConstraint": region}
        yield from site.call("s3", "CreateBucket", params)
        site.begun(name)
        yield from _configure(site, name, {}, properties)
        return Made(name, _attributes(site, name))

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        _check(properties)
        yield from _configure(site, resource.physical_id, resource.properties, properties)
        return Made(resource.physical_id, resource.attributes)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        """Refused by S3, as on AWS, while there is an object in it."""
        yield from deleted(site, "s3", "DeleteBucket", {"Bucket": resource.physical_id})


def _check(properties: Mapping[str, Any]) -> None:
    for name in properties:
        if name not in (*_SETTINGS, "BucketName", "Tags"):
            raise mismatch("#", f"key [{name}] is not there in the sandbox")


def _attributes(site: Site, name: str) -> dict[str, str]:
    return {
        "Arn": f"arn:aws:s3:::{name}",
        "DomainName": f"{name}.s3.amazonaws.com",
        "RegionalDomainName": f"{name}.s3.{site.account.region}.amazonaws.com",
    }


def _configure(
    site: Site, name: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Work[None]:
    for setting, operation in _SETTINGS.items():
        wanted = after.get(setting)
        if wanted is not None and wanted != before.get(setting):
            params = as_input("s3", operation, {"Bucket": name, **_named(setting, wanted)})
            yield from site.call("s3", operation, params)
    # The tags beginning with aws: cannot be put on from outside: S3 refuses them to everybody.
    tags = {**from_tag_list(after.get("Tags")), **site.tags}
    if tags:
        params = {"Bucket": name, "Tagging": {"TagSet": as_tag_list(tags)}}
        yield from site.call("s3", "PutBucketTagging", params)


def _named(setting: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """S3 names some members otherwise than CloudFormation names the properties."""
    if setting != "BucketEncryption":
        return {setting: wanted}
    rules = []
    for rule in wanted["ServerSideEncryptionConfiguration"]:
        default = dict(rule["ServerSideEncryptionByDefault"])
        named = {"ApplyServerSideEncryptionByDefault": default}
        if "BucketKeyEnabled" in rule:
            named["BucketKeyEnabled"] = rule["BucketKeyEnabled"]
        rules.append(named)
    return {"ServerSideEncryptionConfiguration": {"Rules": rules}}


class BucketPolicyKind(Kind):
    type = "AWS::S3::BucketPolicy"
    fixed = frozenset({"Bucket"})

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        required(properties, "Bucket", "PolicyDocument")
        yield from _put_policy(site, properties)
        return Made(properties["Bucket"])

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        yield from _put_policy(site, properties)
        return Made(resource.physical_id)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        params = {"Bucket": resource.properties["Bucket"]}
        yield from deleted(site, "s3", "DeleteBucketPolicy", params)


def _put_policy(site: Site, properties: Mapping[str, Any]) -> Work[None]:
    document = json.dumps(properties["PolicyDocument"])
    params = {"Bucket": properties["Bucket"], "Policy": document}
    yield from site.call("s3", "PutBucketPolicy", params)
