"""What the names of a template mean inside one stack."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.cloudformation.intrinsics import Scope
from lambdactl.sandbox.cloudformation.records import Desired, Stack, StackResource
from lambdactl.sandbox.cloudformation.template import invalid


def pseudo_parameters(
    account: Account, stack_name: str, stack_id: str, notification_arns: Iterable[str] = ()
) -> dict[str, Any]:
    """``AWS::Region`` and its like; ``AWS::NoValue`` is the resolver's own."""
    return {
        "AWS::AccountId": account.id,
        "AWS::NotificationARNs": list(notification_arns),
        "AWS::Partition": "aws",
        "AWS::Region": account.region,
        "AWS::StackId": stack_id,
        "AWS::StackName": stack_name,
        "AWS::URLSuffix": "amazonaws.com",
    }


def scope_of(desired: Desired, stack: Stack, imported: Callable[[str], str]) -> Scope:
    """Names as they are now: a resource must exist for a Ref to it to be answered."""

    def ref(name: str) -> str:
        return _resource(stack, name).physical_id

    def attribute(name: str, attribute: str) -> Any:
        resource = _resource(stack, name)
        if attribute not in resource.attributes:
            raise invalid(
                f"Template error: resource {name} does not support attribute type {attribute} in "
                "Fn::GetAtt"
            )
        return resource.attributes[attribute]

    mappings = desired.template.section("Mappings")
    return Scope(desired.names, mappings, desired.conditions, ref, attribute, imported)


def _resource(stack: Stack, name: str) -> StackResource:
    resource = stack.resources.get(name)
    if resource is None or not resource.physical_id:
        raise unresolved([name])
    return resource


def unresolved(names: Iterable[str], section: str = "Resources") -> Exception:
    return invalid(
        f"Template format error: Unresolved resource dependencies [{', '.join(sorted(names))}] in "
        f"the {section} block of the template"
    )
