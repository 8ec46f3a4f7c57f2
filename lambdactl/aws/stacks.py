"""A CloudFormation stack: what state it is in, what it holds, and what happens to it.

A stack in REVIEW_IN_PROGRESS is one that was never made: a change set that would create it leaves
that behind. It counts as absent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from lambdactl.aws.deployments import utc
from lambdactl.aws.door import Door
from lambdactl.aws.templates import Loader
from lambdactl.errors import NotFound, Refused, UsageError
from lambdactl.model import Target
from lambdactl.model_stack import AliasRule, Resource, StackState


def stack_state(door: Door, name: str) -> StackState | None:
    """The stack as it is; None where there is none, or only one that was never made."""
    try:
        answer = door.call("cloudformation", "DescribeStacks", f"stack {name}", StackName=name)
    except NotFound:
        return None
    state = state_from(answer["Stacks"][0])
    return None if state.status in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE") else state


def state_from(row: Mapping[str, Any]) -> StackState:
    return StackState(
        name=row["StackName"],
        id=row["StackId"],
        status=row["StackStatus"],
        reason=row.get("StackStatusReason"),
        created=utc(row.get("CreationTime")),
        updated=utc(row.get("LastUpdatedTime")),
        parameters={
            p["ParameterKey"]: p.get("ParameterValue", "") for p in row.get("Parameters", ())
        },
        outputs={o["OutputKey"]: o.get("OutputValue", "") for o in row.get("Outputs", ())},
    )


def refuse_state(state: StackState | None) -> None:
    """Raise Refused, with what to type, where the stack cannot take a change set as it is."""
    if state is None:
        return
    stuck = way_out(state)
    if stuck is None:
        return
    what, hint = stuck
    raise Refused(
        f"stack {state.name} cannot be updated: it is {state.status}",
        why=f"{what}: {state.reason}" if state.reason else what,
        hint=hint,
    )


def way_out(state: StackState) -> tuple[str, str] | None:
    """Why a stack cannot be updated, and what to type; None where it can be."""
    name, cli = f"--stack-name {state.name}", "aws cloudformation"
    match state.status:
        case "DELETE_IN_PROGRESS":
            return "it is being deleted", f"{cli} wait stack-delete-complete {name}   then deploy"
        case status if status.endswith("_IN_PROGRESS"):
            return (
                "another operation is under way",
                f"lambdactl deploy {name} --attach   follows it to its end",
            )
        case "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED":
            return (
                "its first creation failed, and CloudFormation only deletes such a stack",
                f"{cli} delete-stack {name}   then deploy",
            )
        case "DELETE_FAILED":
            return (
                "its deletion failed half way",
                f"{cli} delete-stack {name}   again, with --retain-resources for what is stuck",
            )
        case "UPDATE_ROLLBACK_FAILED":
            return (
                "its last update failed, and so did the way back",
                f"{cli} continue-update-rollback {name}   then deploy",
            )
        case "UPDATE_FAILED":
            return (
                "its last update failed and was left as it was",
                f"{cli} rollback-stack {name}   then deploy",
            )
    return None


def resources(door: Door, stack: str) -> tuple[Resource, ...]:
    """Every resource of the stack that exists."""
    rows = door.pages(
        "cloudformation",
        "ListStackResources",
        "StackResourceSummaries",
        f"stack {stack}",
        StackName=stack,
    )
    return tuple(
        Resource(
            row["LogicalResourceId"],
            row["PhysicalResourceId"],
            row["ResourceType"],
            row["ResourceStatus"],
        )
        for row in rows
        if row.get("PhysicalResourceId") and row["ResourceStatus"] != "DELETE_COMPLETE"
    )


def targets(found: tuple[Resource, ...]) -> tuple[Target, ...]:
    """The aliases among the resources of a stack."""
    aliases = (target_of(r.physical_id) for r in found if r.type == "AWS::Lambda::Alias")
    return tuple(target for target in aliases if target is not None)


def target_of(arn: str | None) -> Target | None:
    """``arn:aws:lambda:<region>:<account>:function:<name>:<alias>`` as function and alias."""
    parts = (arn or "").split(":")
    return Target(parts[6], parts[7]) if len(parts) == 8 and parts[2] == "lambda" else None


def alias_rules(door: Door, stack: str, change_set: str | None = None) -> tuple[AliasRule, ...]:
    """How each alias of the processed template moves: by CodeDeploy with these hooks, or at once.

    Of the template that ``change_set`` brings, or else of the stack as it is.
    """
    wanted = {"ChangeSetName": change_set} if change_set else {"StackName": stack}
    answer = door.call(
        "cloudformation",
        "GetTemplate",
        f"the template of stack {stack}",
        **wanted,
        TemplateStage="Processed",
    )
    body = answer["TemplateBody"]
    if isinstance(body, str):
        body = parsed(body, stack)
    found = body.get("Resources", {})
    return tuple(
        rule_from(name, resource)
        for name, resource in found.items()
        if resource.get("Type") == "AWS::Lambda::Alias"
    )


def parsed(body: str, stack: str) -> Any:
    try:
        return json.loads(body) if body.lstrip().startswith("{") else yaml.load(body, Loader)
    except (json.JSONDecodeError, yaml.YAMLError) as error:
        raise UsageError(
            f"the processed template of stack {stack} cannot be read", why=str(error)
        ) from error


def rule_from(name: str, resource: Mapping[str, Any]) -> AliasRule:
    properties = resource.get("Properties", {})
    policy = resource.get("UpdatePolicy", {}).get("CodeDeployLambdaAliasUpdate", {})
    hooks = (policy.get("BeforeAllowTrafficHook"), policy.get("AfterAllowTrafficHook"))
    own_name = properties.get("Name")
    return AliasRule(
        logical_id=name,
        name=own_name if isinstance(own_name, str) else None,
        function=logical(properties.get("FunctionName")),
        version=logical(properties.get("FunctionVersion")),
        application=logical(policy.get("ApplicationName")),
        group=logical(policy.get("DeploymentGroupName")),
        hooks=tuple(h for h in map(logical, hooks) if h is not None),
    )


def logical(value: Any) -> str | None:
    """The logical id that a Ref or GetAtt names; a literal stays what it is."""
    if not isinstance(value, Mapping):
        return value if isinstance(value, str) else None
    named = value.get("Ref") or value.get("Fn::GetAtt")
    if isinstance(named, list):
        named = named[0]
    return named.split(".")[0] if isinstance(named, str) else None
