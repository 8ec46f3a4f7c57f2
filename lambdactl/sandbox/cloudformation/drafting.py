"""From a request to what a stack should be.

A :class:`Draft` is what the request says, checked as far as CloudFormation checks it while the
caller waits: the template reads, the parameters have values. :meth:`Draft.settle` performs the
transforms and proves that everything can be made in some order: every type is known, every
reference is answered, nothing waits for itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.cloudformation import conditions, parameters, transform
from lambdactl.sandbox.cloudformation.graph import dependencies, ordered
from lambdactl.sandbox.cloudformation.records import Desired, Stack
from lambdactl.sandbox.cloudformation.references import (
    Reference,
    depends_on,
    of_resource,
    references,
)
from lambdactl.sandbox.cloudformation.resources import KINDS
from lambdactl.sandbox.cloudformation.scope import pseudo_parameters, unresolved
from lambdactl.sandbox.cloudformation.template import (
    MAX_BODY_BYTES,
    MAX_URL_BYTES,
    Template,
    invalid,
)

_NOT_HERE = ("ResourceTypes", "StackPolicyBody", "StackPolicyURL", "ResourcesToImport")
_RETENTIONS = frozenset({"Delete", "Retain", "RetainExceptOnCreate", "Snapshot"})


@dataclass(frozen=True)
class Draft:
    """What a request asks for, before its transforms."""

    account: Account
    stack_name: str
    stack_id: str
    body: str
    original: Template
    parameters: Mapping[str, str]
    capabilities: tuple[str, ...]
    tags: Mapping[str, str]
    role_arn: str | None
    notification_arns: tuple[str, ...]

    @classmethod
    def of(cls, account: Account, params: Mapping[str, Any], stack: Stack) -> Draft:
        """The draft of a CreateStack, UpdateStack or CreateChangeSet request for ``stack``."""
        check_supported(params)
        previous = stack.desired
        body = body_of(account, params, stack)
        original = Template.read(body)
        values = previous.parameters if previous else None
        settled = parameters.settle(original, params.get("Parameters") or [], values)
        tags = {tag["Key"]: tag["Value"] for tag in params.get("Tags") or []}
        keeps_tags = previous is not None and "Tags" not in params
        return cls(
            account=account,
            stack_name=stack.name,
            stack_id=stack.id,
            body=body,
            original=original,
            parameters=settled,
            capabilities=tuple(params.get("Capabilities") or ()),
            tags=previous.tags if previous and keeps_tags else tags,
            role_arn=params.get("RoleARN") or (previous.role_arn if previous else None),
            notification_arns=tuple(params.get("NotificationARNs") or ()),
        )

    def settle(self) -> Desired:
        """What the stack should be. Raises ValidationError before anything is made."""
        names = {
            **pseudo_parameters(
                self.account, self.stack_name, self.stack_id, self.notification_arns
            ),
            **parameters.referable(self.original, self.parameters),
        }
        template = transform.apply(self.original, self.parameters, self.account.region)
        truths = conditions.evaluate(template, names)
        desired = Desired(
            body=self.body,
            original=self.original,
            template=template,
            parameters=self.parameters,
            conditions=truths,
            names=names,
            capabilities=self.capabilities,
            tags=self.tags,
            role_arn=self.role_arn,
            notification_arns=self.notification_arns,
        )
        check(desired)
        return desired


def check_supported(params: Mapping[str, Any]) -> None:
    """What the sandbox does not have is refused, not ignored."""
    asked = [name for name in _NOT_HERE if params.get(name)]
    if (params.get("RollbackConfiguration") or {}).get("RollbackTriggers"):
        asked.append("RollbackConfiguration")
    if (params.get("DeploymentConfig") or {}).get("Mode", "STANDARD") != "STANDARD":
        asked.append("DeploymentConfig")
    if params.get("ChangeSetType") == "IMPORT":
        asked.append("ChangeSetType IMPORT")
    if params.get("DeploymentMode"):
        asked.append("DeploymentMode")
    if asked:
        raise invalid(f"Not there in the sandbox: {', '.join(asked)}")


# -- the text of the template -----------------------------------------------------------------


def body_of(account: Account, params: Mapping[str, Any], stack: Stack | None = None) -> str:
    """The template that a request carries, points to, or takes over from the stack."""
    if params.get("UsePreviousTemplate"):
        if stack is None or stack.desired is None:
            raise invalid("UsePreviousTemplate cannot be used: the stack has no template")
        return stack.desired.body
    if params.get("TemplateURL"):
        return _fetched(account, str(params["TemplateURL"]))
    body = params.get("TemplateBody")
    if not body:
        raise invalid("Either Template URL or Template Body must be specified.")
    if len(body.encode()) > MAX_BODY_BYTES:
        raise invalid(
            f"1 validation error detected: Value at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MAX_BODY_BYTES}"
        )
    return str(body)


def _fetched(account: Account, url: str) -> str:
    bucket, key = _s3_address(url)
    try:
        found = account.call("s3", "GetObject", {"Bucket": bucket, "Key": key})
    except ApiError as error:
        raise invalid(f"S3 error: {error.message}") from error
    content = found["Body"]
    data: bytes = content if isinstance(content, bytes) else content.read()
    if len(data) > MAX_URL_BYTES:
        raise invalid(f"Template may not exceed {MAX_URL_BYTES} bytes in size.")
    return data.decode()


def _s3_address(url: str) -> tuple[str, str]:
    """(bucket, key) of an S3 URL in either style: the bucket in the host, or first in the path."""
    parts = urlsplit(url)
    host, path = parts.netloc.partition(":")[0], unquote(parts.path.lstrip("/"))
    if parts.scheme == "s3":
        return host, path
    bucket, dot, _ = host.partition(".s3")
    if dot and (host[len(bucket) + 3 :][:1] in (".", "-")):
        return bucket, path
    bucket, slash, key = path.partition("/")
    if parts.scheme not in ("http", "https") or not slash or not key:
        raise invalid("TemplateURL must be a supported URL.")
    return bucket, key


# -- can it be made? --------------------------------------------------------------------------


def check(desired: Desired) -> None:
    """Raise ValidationError for what could only fail: types, references, circles."""
    active = desired.active()
    if not active:
        raise invalid("Template format error: At least one Resources member must be defined.")
    check_types(desired.template)
    known = set(active) | set(desired.names) | {"AWS::NoValue"}
    wanted = {r.target for d in active.values() for r in of_resource(d, desired.conditions)}
    everything = set(desired.template.resources)
    wanted |= {n for d in active.values() for n in depends_on(d) if n not in everything}
    if missing := wanted - known:
        raise unresolved(missing)
    if missing := {r.target for r in _in_outputs(desired)} - known:
        raise unresolved(missing, "Outputs")
    _check_attributes(desired, active)
    _check_policies(active)
    ordered(dependencies(active.items(), desired.conditions))


def check_types(template: Template) -> None:
    unknown = [name for name in template.types() if name not in KINDS]
    if unknown:
        raise invalid(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")


def _in_outputs(desired: Desired) -> Iterator[Reference]:
    for output in desired.template.section("Outputs").values():
        condition = output.get("Condition")
        if condition is None or desired.conditions[condition]:
            yield from references(output, desired.conditions)


def _check_attributes(desired: Desired, active: Mapping[str, Mapping[str, Any]]) -> None:
    found = [r for d in active.values() for r in of_resource(d, desired.conditions)]
    for reference in [*found, *_in_outputs(desired)]:
        definition = active.get(reference.target)
        if reference.attribute is None or definition is None:
            continue
        if not KINDS[str(definition["Type"])].has_attribute(reference.attribute):
            raise invalid(
                f"Template error: resource {reference.target} does not support attribute type "
                f"{reference.attribute} in Fn::GetAtt"
            )


def _check_policies(active: Mapping[str, Mapping[str, Any]]) -> None:
    for logical_id, definition in active.items():
        for name in ("DeletionPolicy", "UpdateReplacePolicy"):
            wanted = definition.get(name, "Delete")
            if wanted not in _RETENTIONS:
                raise invalid(
                    f"Template format error: Unrecognized {name} {wanted} for resource {logical_id}"
                )


# -- capabilities -----------------------------------------------------------------------------


def check_capabilities(desired: Desired, *, is_direct: bool) -> None:
    """Raise InsufficientCapabilitiesException unless the caller acknowledged what is made.

    CAPABILITY_AUTO_EXPAND is asked for by CreateStack and UpdateStack alone: a change set shows
    what its macros made (botocore's documentation of CreateChangeSet).
    """
    needed = required_capabilities(desired.active())
    if is_direct and desired.original.transforms:
        needed.append("CAPABILITY_AUTO_EXPAND")
    given = set(desired.capabilities)
    if "CAPABILITY_NAMED_IAM" in given:
        given.add("CAPABILITY_IAM")
    missing = [name for name in needed if name not in given]
    if missing:
        raise ApiError(
            "InsufficientCapabilitiesException", f"Requires capabilities : [{', '.join(missing)}]"
        )


def required_capabilities(resources: Mapping[str, Mapping[str, Any]]) -> list[str]:
    makes_iam = is_named = False
    for definition in resources.values():
        kind = KINDS.get(str(definition["Type"]))
        if kind is None or not kind.needs_capability:
            continue
        makes_iam = True
        named_by = kind.named_by
        is_named |= named_by is not None and named_by in (definition.get("Properties") or {})
    if is_named:
        return ["CAPABILITY_NAMED_IAM"]
    return ["CAPABILITY_IAM"] if makes_iam else []
