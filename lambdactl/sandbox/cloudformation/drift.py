"""Drift: what a stack has made, held against what is there now.

Aliases are looked at, for an alias that somebody moved by hand is the drift that rollouts meet.
Other types are not: they do not appear among the drifts, as on AWS the types that it cannot check.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lambdactl.sandbox.clock import Process
from lambdactl.sandbox.cloudformation.ledger import Ledger, paged
from lambdactl.sandbox.cloudformation.records import Stack, StackResource
from lambdactl.sandbox.cloudformation.resources.kind import asked
from lambdactl.sandbox.cloudformation.template import invalid
from lambdactl.sandbox.errors import ApiError

Params = dict[str, Any]
ALIAS = "AWS::Lambda::Alias"
_DETECTION_S = 5.0
_PAGE = 100
_AT_REST = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "UPDATE_ROLLBACK_FAILED",
    }
)
"""Statuses in which drift can be detected. [D]"""


@dataclass(frozen=True)
class Drift:
    """One resource, looked at: MODIFIED with its differences, DELETED or IN_SYNC."""

    resource: StackResource
    status: str
    at: datetime
    expected: Mapping[str, Any] = field(default_factory=dict)
    actual: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Detection:
    """One DetectStackDrift, under way until ``drifts`` is set."""

    id: str
    stack: Stack
    begun: datetime
    drifts: tuple[Drift, ...] | None = None

    @property
    def drifted(self) -> int:
        return sum(drift.status in ("MODIFIED", "DELETED") for drift in self.drifts or ())


class DriftDetection(Ledger):
    """DetectStackDrift and what is asked about it."""

    def detect_stack_drift(self, params: Params) -> Params:
        with self.account.lock:
            stack = self._at_rest(params["StackName"])
            wanted = frozenset(params.get("LogicalResourceIds") or stack.resources)
            now = self.account.clock.utcnow()
            detection = Detection(self.account.new_id(), stack, now)
            self.detections[detection.id] = detection
        self.account.clock.spawn(self._detect(detection, wanted), _DETECTION_S)
        return {"StackDriftDetectionId": detection.id}

    def detect_stack_resource_drift(self, params: Params) -> Params:
        """One resource, answered at once."""
        name = params["LogicalResourceId"]
        with self.account.lock:
            stack = self._at_rest(params["StackName"])
            resource = stack.resources.get(name)
        if resource is None:
            raise invalid(f"Resource {name} does not exist for stack {stack.name}")
        if resource.type != ALIAS:
            raise invalid(f"Drift detection is not supported for resource type {resource.type}")
        shown: Params | None
        try:
            shown = self.account.call("lambda", "GetAlias", _address(resource))
        except ApiError as error:
            shown = _none_if_missing(error)
        drift = self._judge(resource, shown)
        with self.account.lock:
            stack.drifts[name] = drift
        return {"StackResourceDrift": _described(stack, drift)}

    def describe_stack_drift_detection_status(self, params: Params) -> Params:
        with self.account.lock:
            detection = self.detections.get(params["StackDriftDetectionId"])
            if detection is None:
                raise invalid(
                    f"Stack drift detection id {params['StackDriftDetectionId']} does not exist"
                )
            answer: Params = {
                "StackId": detection.stack.id,
                "StackDriftDetectionId": detection.id,
                "DetectionStatus": "DETECTION_IN_PROGRESS",
                "Timestamp": detection.begun,
            }
            if detection.drifts is None:
                return answer
            return {
                **answer,
                "DetectionStatus": "DETECTION_COMPLETE",
                "StackDriftStatus": "DRIFTED" if detection.drifted else "IN_SYNC",
                "DriftedStackResourceCount": detection.drifted,
            }

    def describe_stack_resource_drifts(self, params: Params) -> Params:
        """The latest look at each resource that was looked at."""
        wanted = params.get("StackResourceDriftStatusFilters")
        with self.account.lock:
            stack = self.find(params["StackName"])
            found = [d for d in stack.drifts.values() if not wanted or d.status in wanted]
            size = params.get("MaxResults", _PAGE)
            return paged(
                "StackResourceDrifts", found, params, size, lambda drift: _described(stack, drift)
            )

    def _at_rest(self, name: str) -> Stack:
        stack = self.find_live(name)
        if stack.status not in _AT_REST:
            raise invalid(
                f"Stack [{stack.name}] is in {stack.status} state and drift detection cannot be "
                "performed"
            )
        return stack

    def _detect(self, detection: Detection, wanted: frozenset[str]) -> Process:
        held = [r for r in detection.stack.resources.values() if r.type == ALIAS]
        drifts = []
        shown: Params | None
        for resource in (r for r in held if r.logical_id in wanted):
            try:
                shown = yield from asked(self.account, "lambda", "GetAlias", _address(resource))
            except ApiError as error:
                shown = _none_if_missing(error)
            drifts.append(self._judge(resource, shown))
        with self.account.lock:
            detection.drifts = tuple(drifts)
            detection.stack.drifts = {drift.resource.logical_id: drift for drift in drifts}
            detection.stack.drift = "DRIFTED" if detection.drifted else "IN_SYNC"
            detection.stack.drift_at = self.account.clock.utcnow()

    def _judge(self, resource: StackResource, shown: Mapping[str, Any] | None) -> Drift:
        """What ``shown``, the alias as Lambda has it, or None, is for what the stack made."""
        now = self.account.clock.utcnow()
        expected = _expected(resource.properties)
        if shown is None:
            return Drift(resource, "DELETED", now, expected)
        actual = _actual(shown, expected)
        status = "IN_SYNC" if actual == expected else "MODIFIED"
        return Drift(resource, status, now, expected, actual)


def _address(resource: StackResource) -> Params:
    return {name: resource.properties[name] for name in ("FunctionName", "Name")}


def _none_if_missing(error: ApiError) -> Params | None:
    """What an alias that is gone is shown as."""
    if error.status == 404:
        return None
    raise error


def _expected(properties: Mapping[str, Any]) -> Params:
    names = ("FunctionName", "FunctionVersion", "Name", "Description", "RoutingConfig")
    expected = {name: properties[name] for name in names if properties.get(name)}
    if listed := (expected.get("RoutingConfig") or {}).get("AdditionalVersionWeights"):
        weights = {str(w["FunctionVersion"]): float(w["FunctionWeight"]) for w in listed}
        expected["RoutingConfig"] = _routing(weights)
    return {**expected, "FunctionVersion": str(properties["FunctionVersion"])}


def _routing(weights: Mapping[str, float]) -> Params:
    """Weights as a template lists them."""
    listed = [{"FunctionVersion": v, "FunctionWeight": w} for v, w in weights.items()]
    return {"AdditionalVersionWeights": listed}


def _actual(alias: Mapping[str, Any], expected: Mapping[str, Any]) -> Params:
    """The alias in the words of its resource type, whose weights are a list."""
    actual = {**expected, "FunctionVersion": alias["FunctionVersion"]}
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    actual.pop("RoutingConfig", None)
    actual.pop("Description", None)
    if weights:
        actual["RoutingConfig"] = _routing(weights)
    if alias.get("Description"):
        actual["Description"] = alias["Description"]
    return actual


def _described(stack: Stack, drift: Drift) -> Params:
    resource = drift.resource
    shown: Params = {
        "StackId": stack.id,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "StackResourceDriftStatus": drift.status,
        "Timestamp": drift.at,
    }
    if drift.expected:
        shown["ExpectedProperties"] = json.dumps(drift.expected, sort_keys=True)
    if drift.actual:
        shown["ActualProperties"] = json.dumps(drift.actual, sort_keys=True)
        shown["PropertyDifferences"] = list(_differences(drift.expected, drift.actual))
    return shown


def _differences(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> Iterator[Params]:
    for name in sorted(expected.keys() | actual.keys()):
        before, after = expected.get(name), actual.get(name)
        if before != after:
            kind = "ADD" if before is None else "REMOVE" if after is None else "NOT_EQUAL"
            yield {
                "PropertyPath": f"/{name}",
                "ExpectedValue": _text(before),
                "ActualValue": _text(after),
                "DifferenceType": kind,
            }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
