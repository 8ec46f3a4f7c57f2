"""Everything that can be asked about stacks: what they are, what they hold, what happened."""

from __future__ import annotations

import json
from typing import Any

from lambdactl.sandbox.cloudformation import parameters
from lambdactl.sandbox.cloudformation.changesets import ChangeSetOperations
from lambdactl.sandbox.cloudformation.drafting import body_of, required_capabilities
from lambdactl.sandbox.cloudformation.drift import DriftDetection
from lambdactl.sandbox.cloudformation.ledger import paged
from lambdactl.sandbox.cloudformation.operation_events import OperationEvents
from lambdactl.sandbox.cloudformation.records import Desired, Stack, StackEvent, StackResource
from lambdactl.sandbox.cloudformation.template import Template, invalid

Params = dict[str, Any]
_PAGE = 100


class CloudFormationService(ChangeSetOperations, DriftDetection, OperationEvents):
    """CloudFormation, by botocore's operations; the reading ones are here."""

    def describe_stacks(self, params: Params) -> Params:
        with self.account.lock:
            if "StackName" in params:
                return {"Stacks": [_stack(self.find(params["StackName"]))]}
            live = [s for s in reversed(self.stacks.values()) if not s.is_deleted]
            return paged("Stacks", live, params, _PAGE, _stack)

    def list_stacks(self, params: Params) -> Params:
        wanted = set(params.get("StackStatusFilter") or ())
        with self.account.lock:
            listed = [s for s in reversed(self.stacks.values()) if not wanted or s.status in wanted]
            return paged("StackSummaries", listed, params, _PAGE, _stack_summary)

    def describe_stack_events(self, params: Params) -> Params:
        """Newest first. A page begins where the one before ended, whatever happened meanwhile."""
        with self.account.lock:
            stack = self.find(params["StackName"], "Stack [{0}] does not exist")
            events = stack.events[: self._events_before(stack, params.get("NextToken"))]
            answer: Params = {"StackEvents": [_event(stack, e) for e in events[: -_PAGE - 1 : -1]]}
            if len(events) > _PAGE:
                answer["NextToken"] = str(len(events) - _PAGE)
            return answer

    def _events_before(self, stack: Stack, token: str | None) -> int:
        if token is None:
            return len(stack.events)
        if not token.isdigit():
            raise invalid(f"Invalid NextToken: {token}")
        return int(token)

    def describe_stack_resource(self, params: Params) -> Params:
        with self.account.lock:
            stack = self.find(params["StackName"])
            resource = stack.resources.get(params["LogicalResourceId"])
            if resource is None:
                raise _no_resource(stack, params["LogicalResourceId"])
            detail = {
                "StackName": stack.name,
                "StackId": stack.id,
                "LastUpdatedTimestamp": resource.updated_at,
                "Metadata": json.dumps(resource.definition.get("Metadata") or {}),
                **_resource(resource),
            }
            return {"StackResourceDetail": detail}

    def describe_stack_resources(self, params: Params) -> Params:
        with self.account.lock:
            stack = self._stack_with(params)
            wanted = params.get("LogicalResourceId")
            if wanted is not None and wanted not in stack.resources:
                raise _no_resource(stack, wanted)
            shown = [
                {
                    "StackName": stack.name,
                    "StackId": stack.id,
                    "Timestamp": resource.updated_at,
                    **_resource(resource),
                }
                for name, resource in stack.resources.items()
                if wanted in (None, name)
            ]
            return {"StackResources": shown[:_PAGE]}

    def _stack_with(self, params: Params) -> Stack:
        if "StackName" in params:
            return self.find(params["StackName"])
        physical_id = params.get("PhysicalResourceId")
        for stack in self.stacks.values():
            held = {resource.physical_id for resource in stack.resources.values()}
            if physical_id in held and not stack.is_deleted:
                return stack
        raise invalid(f"Stack for {physical_id} does not exist")

    def list_stack_resources(self, params: Params) -> Params:
        with self.account.lock:
            stack = self.find(params["StackName"])
            listed = list(stack.resources.values())
            return paged("StackResourceSummaries", listed, params, _PAGE, _resource_summary)

    # -- templates --------------------------------------------------------------------------------

    def get_template(self, params: Params) -> Params:
        with self.account.lock:
            body, desired = self._template_of(params)
        if params.get("TemplateStage") == "Processed" and desired is not None:
            body = json.dumps(desired.template.data, default=str)
        return {"TemplateBody": body, "StagesAvailable": ["Original", "Processed"]}

    def _template_of(self, params: Params) -> tuple[str, Desired | None]:
        if "ChangeSetName" in params:
            _, change_set = self.find_change_set(params["ChangeSetName"], params.get("StackName"))
            return change_set.body, change_set.desired
        stack = self.find(params.get("StackName", ""))
        return (stack.desired.body if stack.desired else ""), stack.desired

    def get_template_summary(self, params: Params) -> Params:
        with self.account.lock:
            template = self._asked_for(params)
        declared = template.section("Parameters")
        answer: Params = {
            "Parameters": [_declared(name, each) for name, each in declared.items()],
            "ResourceTypes": template.types(),
            "Version": str(template.data.get("AWSTemplateFormatVersion", "2010-09-09")),
            **_capabilities(template),
        }
        if template.section("Metadata"):
            answer["Metadata"] = json.dumps(template.section("Metadata"))
        return answer

    def _asked_for(self, params: Params) -> Template:
        if "StackName" in params:
            stack = self.find(params["StackName"])
            if stack.desired is None:
                raise invalid(f"Stack [{stack.name}] has no template")
            return stack.desired.original
        return Template.read(body_of(self.account, params))

    def validate_template(self, params: Params) -> Params:
        template = Template.read(body_of(self.account, params))
        shown = [_declared(name, each) for name, each in template.section("Parameters").items()]
        names = ("ParameterKey", "DefaultValue", "NoEcho", "Description")
        return {
            "Parameters": [{k: v for k, v in each.items() if k in names} for each in shown],
            **_capabilities(template),
        }

    # -- exports ----------------------------------------------------------------------------------

    def list_exports(self, params: Params) -> Params:
        with self.account.lock:
            listed = sorted(self.exports.all(), key=lambda each: each[1])
            return paged(
                "Exports",
                listed,
                params,
                _PAGE,
                lambda e: {"ExportingStackId": e[0].id, "Name": e[1], "Value": e[2]},
            )

    def list_imports(self, params: Params) -> Params:
        name = params["ExportName"]
        with self.account.lock:
            self.exports.value(name)
            users = self.exports.users_of(name)
            if not users:
                raise invalid(f"Export '{name}' is not imported by any stack.")
            return paged("Imports", users, params, _PAGE, str)


def _no_resource(stack: Stack, name: str) -> Exception:
    return invalid(f"Resource {name} does not exist for stack {stack.name}")


def _stack(stack: Stack) -> Params:
    desired = stack.desired
    shown: Params = {
        "StackId": stack.id,
        "StackName": stack.name,
        "CreationTime": stack.created_at,
        "StackStatus": stack.status,
        "DisableRollback": stack.disable_rollback,
        "NotificationARNs": list(desired.notification_arns) if desired else [],
        "Capabilities": list(desired.capabilities) if desired else [],
        "Tags": [{"Key": k, "Value": v} for k, v in stack.tags.items()],
        "EnableTerminationProtection": stack.is_protected,
        "RollbackConfiguration": {},
        "DriftInformation": _drift(stack),
        "LastOperations": [
            {"OperationType": o.kind, "OperationId": o.id} for o in stack.operations[:1]
        ],
        "Outputs": [dict(output) for output in stack.outputs],
    }
    if desired is not None:
        shown["Parameters"] = parameters.shown(desired.original, desired.parameters)
    optional = {
        "ChangeSetId": stack.change_set_id,
        "DeletionTime": stack.deleted_at,
        "Description": desired.template.description if desired else None,
        "LastUpdatedTime": stack.updated_at,
        "RoleARN": desired.role_arn if desired else None,
        "StackStatusReason": stack.reason,
        "TimeoutInMinutes": stack.timeout_minutes,
    }
    return {**shown, **_present(optional)}


def _drift(stack: Stack) -> Params:
    checked = {"LastCheckTimestamp": stack.drift_at} if stack.drift_at else {}
    return {"StackDriftStatus": stack.drift, **checked}


def _present(members: Params) -> Params:
    return {name: value for name, value in members.items() if value is not None}


def _stack_summary(stack: Stack) -> Params:
    names = ("StackId", "StackName", "CreationTime", "LastUpdatedTime", "DeletionTime")
    more = ("StackStatus", "StackStatusReason", "DriftInformation", "LastOperations")
    shown = _stack(stack)
    summary = {name: shown[name] for name in (*names, *more) if name in shown}
    if "Description" in shown:
        summary["TemplateDescription"] = shown["Description"]
    return summary


def _resource(resource: StackResource) -> Params:
    optional = {
        "PhysicalResourceId": resource.physical_id or None,
        "ResourceStatusReason": resource.reason,
    }
    return {
        "LogicalResourceId": resource.logical_id,
        "ResourceType": resource.type,
        "ResourceStatus": resource.status,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
        **_present(optional),
    }


def _resource_summary(resource: StackResource) -> Params:
    return {"LastUpdatedTimestamp": resource.updated_at, **_resource(resource)}


def _event(stack: Stack, event: StackEvent) -> Params:
    optional = {
        "ResourceStatusReason": event.reason,
        "ResourceProperties": event.properties,
        "ClientRequestToken": event.token,
    }
    return {
        "StackId": stack.id,
        "EventId": event.id,
        "StackName": stack.name,
        "OperationId": event.operation_id,
        "LogicalResourceId": event.logical_id,
        "PhysicalResourceId": event.physical_id,
        "ResourceType": event.type,
        "Timestamp": event.at,
        "ResourceStatus": event.status,
        **_present(optional),
    }


def _declared(name: str, definition: Any) -> Params:
    shown: Params = {
        "ParameterKey": name,
        "ParameterType": str(definition.get("Type", "String")),
        "NoEcho": parameters.is_secret(definition),
        "ParameterConstraints": {},
    }
    if "Default" in definition:
        shown["DefaultValue"] = str(definition["Default"])
    if "Description" in definition:
        shown["Description"] = str(definition["Description"])
    if "AllowedValues" in definition:
        allowed = [str(value) for value in definition["AllowedValues"]]
        shown["ParameterConstraints"] = {"AllowedValues": allowed}
    return shown


def _capabilities(template: Template) -> Params:
    needed = required_capabilities(template.resources)
    answer: Params = {"DeclaredTransforms": template.transforms}
    if needed:
        types = sorted(t for t in template.types() if t.startswith("AWS::IAM::"))
        reason = f"The following resource(s) require capabilities: [{', '.join(types)}]"
        answer["CapabilitiesReason"] = reason
    if template.transforms:
        needed.append("CAPABILITY_AUTO_EXPAND")
    if template.description is not None:
        answer["Description"] = template.description
    return {**answer, "Capabilities": needed}
