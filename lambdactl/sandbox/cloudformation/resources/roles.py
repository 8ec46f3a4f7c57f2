"""IAM: roles, managed policies, and policies written into roles."""

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
from lambdactl.sandbox.cloudformation.shapes import as_input, mismatch, required, without
from lambdactl.sandbox.cloudformation.walk import Work


class RoleKind(Kind):
    type = "AWS::IAM::Role"
    attributes = frozenset({"Arn", "RoleId"})
    fixed = frozenset({"Path", "RoleName"})
    named_by = "RoleName"
    needs_capability = True

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        required(properties, "AssumeRolePolicyDocument")
        name = properties.get("RoleName") or site.name(64)
        given = without(properties, "ManagedPolicyArns", "Policies", "Tags")
        params = as_input("iam", "CreateRole", {**given, "RoleName": name})
        tags = {**from_tag_list(properties.get("Tags")), **site.tags}
        if tags:
            params["Tags"] = as_tag_list(tags)
        made = yield from site.call("iam", "CreateRole", params)
        site.begun(name)
        yield from _attach(site, name, {}, properties)
        yield from _write(site, name, {}, properties)
        return Made(name, {"Arn": made["Role"]["Arn"], "RoleId": made["Role"]["RoleId"]})

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        name, before = resource.physical_id, resource.properties
        trust = properties["AssumeRolePolicyDocument"]
        if trust != before["AssumeRolePolicyDocument"]:
            params = {"RoleName": name, "PolicyDocument": _document(trust)}
            yield from site.call("iam", "UpdateAssumeRolePolicy", params)
        settings = {
            key: properties[key]
            for key in ("Description", "MaxSessionDuration")
            if key in properties and properties[key] != before.get(key)
        }
        if settings:
            params = as_input("iam", "UpdateRole", {**settings, "RoleName": name})
            yield from site.call("iam", "UpdateRole", params)
        yield from _attach(site, name, before, properties)
        yield from _write(site, name, before, properties)
        return Made(name, resource.attributes)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        name = resource.physical_id
        yield from _attach(site, name, resource.properties, {})
        yield from _write(site, name, resource.properties, {})
        yield from deleted(site, "iam", "DeleteRole", {"RoleName": name})


def _document(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)


def _attach(
    site: Site, role: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Work[None]:
    old = before.get("ManagedPolicyArns") or []
    new = after.get("ManagedPolicyArns") or []
    for arn in new:
        if arn not in old:
            params = {"RoleName": role, "PolicyArn": arn}
            yield from site.call("iam", "AttachRolePolicy", params)
    for arn in old:
        if arn not in new:
            params = {"RoleName": role, "PolicyArn": arn}
            yield from deleted(site, "iam", "DetachRolePolicy", params)


def _write(
    site: Site, role: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Work[None]:
    old = {each["PolicyName"]: each for each in before.get("Policies") or []}
    new = {each["PolicyName"]: each for each in after.get("Policies") or []}
    for name, policy in new.items():
        if policy != old.get(name):
            yield from _put(site, role, name, policy["PolicyDocument"])
    for name in old:
        if name not in new:
            params = {"RoleName": role, "PolicyName": name}
            yield from deleted(site, "iam", "DeleteRolePolicy", params)


def _put(site: Site, role: str, name: str, document: Any) -> Work[None]:
    params = {"RoleName": role, "PolicyName": name, "PolicyDocument": _document(document)}
    yield from site.call("iam", "PutRolePolicy", params)


class PolicyKind(Kind):
    """A policy written into roles. Users and groups are not there in the sandbox."""

    type = "AWS::IAM::Policy"
    fixed = frozenset({"PolicyName"})
    needs_capability = True

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        _check_roles_only(properties)
        required(properties, "PolicyDocument", "PolicyName")
        for role in properties.get("Roles") or []:
            document = properties["PolicyDocument"]
            yield from _put(site, role, properties["PolicyName"], document)
        return Made(site.name(128))

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        _check_roles_only(properties)
        for role in properties.get("Roles") or []:
            document = properties["PolicyDocument"]
            yield from _put(site, role, properties["PolicyName"], document)
        yield from self._withdraw(site, resource, properties.get("Roles") or [])
        return Made(resource.physical_id)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        yield from self._withdraw(site, resource, [])

    def _withdraw(self, site: Site, resource: StackResource, kept: list[str]) -> Work[None]:
        for role in resource.properties.get("Roles") or []:
            if role not in kept:
                params = {"RoleName": role, "PolicyName": resource.properties["PolicyName"]}
                yield from deleted(site, "iam", "DeleteRolePolicy", params)


def _check_roles_only(properties: Mapping[str, Any]) -> None:
    for name in ("Groups", "Users"):
        if properties.get(name):
            raise mismatch(f"#/{name}", "IAM users and groups are not there in the sandbox")


class ManagedPolicyKind(Kind):
    type = "AWS::IAM::ManagedPolicy"
    attributes = frozenset({"PolicyArn"})
    fixed = frozenset({"Description", "ManagedPolicyName", "Path"})
    named_by = "ManagedPolicyName"
    needs_capability = True

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        _check_roles_only(properties)
        required(properties, "PolicyDocument")
        name = properties.get("ManagedPolicyName") or site.name(128)
        given = {key: properties[key] for key in ("Description", "Path") if key in properties}
        document = _document(properties["PolicyDocument"])
        params = {**given, "PolicyName": name, "PolicyDocument": document}
        made = yield from site.call("iam", "CreatePolicy", params)
        arn = made["Policy"]["Arn"]
        site.begun(arn)
        yield from self._attach(site, arn, {}, properties)
        return Made(arn, {"PolicyArn": arn})

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        arn, before = resource.physical_id, resource.properties
        if properties["PolicyDocument"] != before["PolicyDocument"]:
            yield from _new_version(site, arn, properties["PolicyDocument"])
        yield from self._attach(site, arn, before, properties)
        return Made(arn, resource.attributes)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        arn = resource.physical_id
        yield from self._attach(site, arn, resource.properties, {})
        yield from _drop_versions(site, arn)
        yield from deleted(site, "iam", "DeletePolicy", {"PolicyArn": arn})

    def _attach(
        self, site: Site, arn: str, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> Work[None]:
        old, new = before.get("Roles") or [], after.get("Roles") or []
        for role in new:
            if role not in old:
                params = {"RoleName": role, "PolicyArn": arn}
                yield from site.call("iam", "AttachRolePolicy", params)
        for role in old:
            if role not in new:
                params = {"RoleName": role, "PolicyArn": arn}
                yield from deleted(site, "iam", "DetachRolePolicy", params)


def _new_version(site: Site, arn: str, document: Any) -> Work[None]:
    """A policy has five versions at most: the old ones make room first."""
    yield from _drop_versions(site, arn)
    params = {"PolicyArn": arn, "PolicyDocument": _document(document), "SetAsDefault": True}
    yield from site.call("iam", "CreatePolicyVersion", params)


def _drop_versions(site: Site, arn: str) -> Work[None]:
    listed = yield from site.call("iam", "ListPolicyVersions", {"PolicyArn": arn})
    for version in listed["Versions"]:
        if not version["IsDefaultVersion"]:
            params = {"PolicyArn": arn, "VersionId": version["VersionId"]}
            yield from deleted(site, "iam", "DeletePolicyVersion", params)
