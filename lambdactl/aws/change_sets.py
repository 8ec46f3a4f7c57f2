"""A change set: made, waited for, read in full, then executed or taken away again.

A change set changes nothing until it is executed, with one exception: the first one of a stack that
does not exist leaves an empty stack in REVIEW_IN_PROGRESS, which goes away with ``discard``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambdactl.aws.door import Door
from lambdactl.errors import LambdactlError, NotFound, Refused, Stale, UsageError, WaitTimeout
from lambdactl.model_stack import ChangeSet, PropertyChange, ResourceChange

WAIT_S = 300.0
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 2.0
NOTHING_NEW = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a change set is to be made of. ``template_url`` is an object in a bucket."""

    stack: str
    creates: bool
    template_url: str
    template: str
    """The template's name for a person, in errors."""
    parameters: Sequence[Mapping[str, Any]]
    capabilities: Sequence[str]
    tags: Mapping[str, str]


def create(door: Door, wanted: Wanted, name: str) -> str:
    """Ask for a change set called ``name``; its id. It is not worked out yet.

    Raises UsageError for a template that CloudFormation does not take, or capabilities it misses.
    """
    try:
        # With its token a repetition is the same request, so this write may be retried.
        answer = door.call(
            "cloudformation",
            "CreateChangeSet",
            f"stack {wanted.stack}",
            StackName=wanted.stack,
            ChangeSetName=name,
            ChangeSetType="CREATE" if wanted.creates else "UPDATE",
            ClientToken=name,
            TemplateURL=wanted.template_url,
            Parameters=list(wanted.parameters),
            Capabilities=list(wanted.capabilities),
            Tags=[{"Key": k, "Value": v} for k, v in sorted(wanted.tags.items())],
        )
    except Refused as error:
        raise bad_request(wanted, error) from error
    created: str = answer["Id"]
    return created


def bad_request(wanted: Wanted, error: Refused) -> LambdactlError:
    if error.aws_code == "InsufficientCapabilitiesException":
        return UsageError(
            f"{wanted.template} makes IAM resources that you have not agreed to",
            why=error.why,
            hint="lambdactl deploy --capability CAPABILITY_NAMED_IAM",
        )
    if error.aws_code != "ValidationError" or "_IN_PROGRESS" in (error.why or ""):
        return error
    return UsageError(
        f"CloudFormation does not take {wanted.template}",
        why=error.why,
        hint="correct the template and deploy again; nothing was changed",
    )


def worked_out(
    door: Door, wanted: Wanted, change_set: str, *, sleep: Callable[[float], None]
) -> ChangeSet:
    """The change set once CloudFormation has worked it out, with every page of its changes.

    One without changes, and one that failed, is discarded. Raises UsageError where the template is
    at fault, WaitTimeout after five minutes.
    """
    waited, pause = 0.0, FIRST_PAUSE_S
    while waited < WAIT_S:
        answer = describe(door, wanted.stack, change_set)
        if answer["Status"] == "CREATE_COMPLETE":
            return change_set_from(answer, wanted.creates)
        if answer["Status"] == "FAILED":
            return failed(door, wanted, answer)
        sleep(pause)
        waited += pause
        pause = min(pause * 1.5, LONGEST_PAUSE_S)
    raise WaitTimeout(
        f"the change set of stack {wanted.stack} was not ready after {WAIT_S:g} s",
        hint=f"aws cloudformation describe-change-set --change-set-name {change_set}",
    )


def failed(door: Door, wanted: Wanted, answer: Mapping[str, Any]) -> ChangeSet:
    reason = answer.get("StatusReason", "no reason given")
    change_set = change_set_from({**answer, "Changes": ()}, wanted.creates)
    discard(door, change_set)
    if any(words in reason for words in NOTHING_NEW):
        return change_set
    raise UsageError(
        f"CloudFormation cannot make {wanted.template} of stack {wanted.stack}",
        why=reason,
        hint="correct the template and deploy again; nothing was changed",
    )


def describe(door: Door, stack: str, change_set: str) -> dict[str, Any]:
    """DescribeChangeSet with the changes of all its pages."""
    about = f"the change set of stack {stack}"
    asked = {"ChangeSetName": change_set, "IncludePropertyValues": True}
    answer = door.call("cloudformation", "DescribeChangeSet", about, **asked)
    changes = list(answer.get("Changes", ()))
    token = answer.get("NextToken")
    while token:
        page = door.call("cloudformation", "DescribeChangeSet", about, **asked, NextToken=token)
        changes += page.get("Changes", ())
        token = page.get("NextToken")
    return {**answer, "Changes": changes}


def change_set_from(answer: Mapping[str, Any], creates: bool) -> ChangeSet:
    return ChangeSet(
        id=answer["ChangeSetId"],
        name=answer["ChangeSetName"],
        stack=answer["StackName"],
        stack_id=answer["StackId"],
        creates=creates,
        changes=tuple(
            change_from(row["ResourceChange"])
            for row in answer["Changes"]
            if row.get("Type", "Resource") == "Resource"
        ),
        parameters={
            p["ParameterKey"]: p.get("ResolvedValue") or p.get("ParameterValue", "")
            for p in answer.get("Parameters", ())
        },
    )


def change_from(row: Mapping[str, Any]) -> ResourceChange:
    return ResourceChange(
        action=row["Action"],
        logical_id=row["LogicalResourceId"],
        type=row["ResourceType"],
        physical_id=row.get("PhysicalResourceId"),
        replacement=row.get("Replacement"),
        policy_action=row.get("PolicyAction"),
        properties=tuple(property_from(d["Target"]) for d in row.get("Details", ())),
    )


def property_from(target: Mapping[str, Any]) -> PropertyChange:
    """``Properties.Environment`` with the values where CloudFormation gives them."""
    path = ".".join(p for p in (target.get("Attribute"), target.get("Name")) if p)
    return PropertyChange(path, target.get("BeforeValue"), target.get("AfterValue"))


def discard(door: Door, change_set: ChangeSet) -> bool:
    """Delete an unexecuted change set; True when the empty stack that it had left went too."""
    about = f"the change set of stack {change_set.stack}"
    door.write("cloudformation", "DeleteChangeSet", about, ChangeSetName=change_set.id)
    return change_set.creates and delete_if_empty(door, change_set)


def delete_if_empty(door: Door, change_set: ChangeSet) -> bool:
    """Delete the stack if it was never made, and if no other change set waits in it."""
    about = f"stack {change_set.stack}"
    name = {"StackName": change_set.stack_id}
    try:
        answer = door.call("cloudformation", "DescribeStacks", about, **name)
        waiting = list(door.pages("cloudformation", "ListChangeSets", "Summaries", about, **name))
    except NotFound:
        return False
    others = [w for w in waiting if w.get("ChangeSetId") != change_set.id]
    if others or answer["Stacks"][0]["StackStatus"] != "REVIEW_IN_PROGRESS":
        return False
    door.write("cloudformation", "DeleteStack", about, **name)
    return True


def execute(door: Door, change_set: ChangeSet, token: str) -> None:
    """Start to do what the change set says. ``token`` makes a repetition harmless.

    Raises Stale where the stack has changed since the change set was made: nothing was done then.
    """
    try:
        door.call(
            "cloudformation",
            "ExecuteChangeSet",
            f"stack {change_set.stack}",
            ChangeSetName=change_set.id,
            ClientRequestToken=token,
        )
    except (NotFound, Refused) as error:
        if error.aws_code not in ("ChangeSetNotFound", "InvalidChangeSetStatus"):
            raise
        raise Stale(
            f"stack {change_set.stack} has changed since its change set was made",
            why=error.why,
            hint="deploy again: the new change set shows what is left to do",
        ) from error


def discard_by_id(door: Door, wanted: Wanted, change_set: str) -> None:
    """``discard`` for one that was never worked out; one that is gone already is well."""
    try:
        answer = describe(door, wanted.stack, change_set)
    except NotFound:
        return
    discard(door, change_set_from({**answer, "Changes": ()}, wanted.creates))
