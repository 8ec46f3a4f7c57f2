"""What an update would do, before it does it: the changes of a change set.

Every resource is compared with what it was given last. A value that only the execution can tell is
:data:`~lambdactl.sandbox.cloudformation.intrinsics.UNKNOWN`. As on AWS, an attribute of a resource
that changes in place counts as a possible change of those who ask for it (``Evaluation: Dynamic``),
even where it will turn out to be the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lambdactl.sandbox.cloudformation.graph import dependencies, ordered
from lambdactl.sandbox.cloudformation.intrinsics import UNKNOWN, Scope, resolve
from lambdactl.sandbox.cloudformation.parameters import masked, secrets
from lambdactl.sandbox.cloudformation.records import Desired, Stack, StackResource
from lambdactl.sandbox.cloudformation.references import references
from lambdactl.sandbox.cloudformation.resources import KINDS

_ATTRIBUTES = (
    "Metadata",
    "CreationPolicy",
    "UpdatePolicy",
    "DeletionPolicy",
    "UpdateReplacePolicy",
)
Change = dict[str, Any]


def compute(stack: Stack, desired: Desired, imported: Callable[[str], str]) -> list[Change]:
    """The changes in the order in which they would be made, removals last."""
    return _Comparison(stack, desired, imported).changes()


@dataclass
class _Comparison:
    stack: Stack
    desired: Desired
    imported: Callable[[str], str]
    actions: dict[str, str] = field(default_factory=dict)
    """By logical id: Add, Modify, Replace or Conditional."""

    def changes(self) -> list[Change]:
        active = self.desired.active()
        found = []
        for logical_id in ordered(dependencies(active.items(), self.desired.conditions)):
            change = self._change(logical_id, active[logical_id])
            if change is not None:
                found.append(change)
        gone = [r for name, r in self.stack.resources.items() if name not in active]
        return [*found, *(_removal(resource) for resource in gone)]

    def _change(self, logical_id: str, definition: Mapping[str, Any]) -> Change | None:
        current = self.stack.resources.get(logical_id)
        if current is None or current.status == "CREATE_FAILED":
            self.actions[logical_id] = "Add"
            return _addition(logical_id, str(definition["Type"]))
        details = [*self._properties(current, definition), *self._attributes(current, definition)]
        details += self._tags(current)
        if current.status == "UPDATE_FAILED" and not details:
            details = [_detail("Properties", None, "Never", "Static", "DirectModification")]
        if not details:
            return None
        replacement = _replacement(details)
        if any(detail["Target"]["Attribute"] in ("Properties", "Tags") for detail in details):
            names = {"True": "Replace", "Conditional": "Conditional", "False": "Modify"}
            self.actions[logical_id] = names[replacement]
        return _modification(current, details, replacement, definition)

    # -- properties -------------------------------------------------------------------------------

    def _properties(
        self, current: StackResource, definition: Mapping[str, Any]
    ) -> Iterator[Change]:
        raw = definition.get("Properties") or {}
        after = resolve(raw, self._scope())
        before = current.properties
        for name in sorted({*before, *after}):
            recreation = self._recreation(current, name)
            if before.get(name) != after.get(name):
                yield from self._static(name, recreation, before, after, raw.get(name))
            else:
                yield from self._dynamic(name, recreation, raw.get(name), before.get(name))

    def _recreation(self, current: StackResource, name: str) -> str:
        return "Always" if name in KINDS[current.type].fixed else "Never"

    def _static(
        self,
        name: str,
        recreation: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        raw: Any,
    ) -> Iterator[Change]:
        for path, old, new in leaves(before.get(name), after.get(name), ""):
            source, cause = self._cause(_at(raw, path))
            target = {"Path": f"/Properties/{name}{path}", **self._values(old, new)}
            yield _detail("Properties", name, recreation, "Static", source, cause, target)

    def _dynamic(self, name: str, recreation: str, raw: Any, value: Any) -> Iterator[Change]:
        """The same value as far as one can tell, from a resource that changes."""
        wanted = "Conditionally" if recreation == "Always" else recreation
        target = {"Path": f"/Properties/{name}", **self._values(value, UNKNOWN)}
        for reference in dict.fromkeys(references(raw, self.desired.conditions)):
            changes = self.actions.get(reference.target) in ("Modify", "Conditional")
            if changes and reference.attribute is not None:
                cause = f"{reference.target}.{reference.attribute}"
                source = "ResourceAttribute"
                yield _detail("Properties", name, wanted, "Dynamic", source, cause, target)

    def _cause(self, raw: Any) -> tuple[str, str | None]:
        """(ChangeSource, CausingEntity) of a value, from what the template says in its place."""
        declared = self.desired.original.section("Parameters")
        found = list(references(raw, self.desired.conditions))
        for reference in found:
            if self.actions.get(reference.target) in ("Add", "Replace", "Conditional"):
                if reference.attribute is None:
                    return "ResourceReference", reference.target
                return "ResourceAttribute", f"{reference.target}.{reference.attribute}"
        for reference in found:
            if reference.target in declared and self._is_new_value(reference.target):
                return "ParameterReference", reference.target
        return "DirectModification", None

    def _is_new_value(self, parameter: str) -> bool:
        before = self.stack.desired.parameters if self.stack.desired else {}
        return before.get(parameter) != self.desired.parameters.get(parameter)

    def _values(self, old: Any, new: Any) -> dict[str, str]:
        kind = "Add" if old is None else "Remove" if new is None else "Modify"
        values = {"AttributeChangeType": kind}
        if old is not None:
            values["BeforeValue"] = self._shown(old)
        if new is not None:
            values["AfterValue"] = self._shown(new)
        return values

    def _shown(self, value: Any) -> str:
        text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        new = secrets(self.desired.original, self.desired.parameters)
        return masked(text, self.stack.secrets | new)

    # -- what is beside the properties ------------------------------------------------------------

    def _attributes(self, current: StackResource, definition: Mapping[str, Any]) -> list[Change]:
        return [
            _detail(name, None, "Never", "Static", "DirectModification")
            for name in _ATTRIBUTES
            if current.definition.get(name) != definition.get(name)
        ]

    def _tags(self, current: StackResource) -> list[Change]:
        if not KINDS[current.type].takes_tags or current.tags == self.desired.tags:
            return []
        return [_detail("Tags", None, "Never", "Static", "DirectModification")]

    # -- names ------------------------------------------------------------------------------------

    def _scope(self) -> Scope:
        mappings = self.desired.template.section("Mappings")
        return Scope(
            self.desired.names,
            mappings,
            self.desired.conditions,
            self._ref,
            self._attribute,
            self.imported,
        )

    def _ref(self, name: str) -> str:
        if self.actions.get(name) in ("Add", "Replace"):
            return UNKNOWN
        return self.stack.resources[name].physical_id

    def _attribute(self, name: str, attribute: str) -> Any:
        if self.actions.get(name) in ("Add", "Replace"):
            return UNKNOWN
        return self.stack.resources[name].attributes.get(attribute, UNKNOWN)


def _at(raw: Any, path: str) -> Any:
    """What the template says at ``path``, or the function on the way there."""
    for step in path.split("/")[1:]:
        if isinstance(raw, Mapping) and step in raw:
            raw = raw[step]
        elif isinstance(raw, list) and step.isdigit() and int(step) < len(raw):
            raw = raw[int(step)]
        else:
            return raw
    return raw


def leaves(before: Any, after: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """(path, old, new) of every place where two values differ, as deep as they are alike."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}, key=str):
            if before.get(key) != after.get(key):
                yield from leaves(before.get(key), after.get(key), f"{path}/{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            if old != new:
                yield from leaves(old, new, f"{path}/{index}")
    else:
        yield path, before, after


def _detail(
    attribute: str,
    name: str | None,
    recreation: str,
    evaluation: str,
    source: str,
    cause: str | None = None,
    target: Mapping[str, str] | None = None,
) -> Change:
    whole: dict[str, str] = {"Attribute": attribute, "RequiresRecreation": recreation}
    if name is not None:
        whole["Name"] = name
    detail: Change = {
        "Target": {**whole, **(target or {})},
        "Evaluation": evaluation,
        "ChangeSource": source,
    }
    if cause is not None:
        detail["CausingEntity"] = cause
    return detail


def _replacement(details: list[Change]) -> str:
    wanted = {detail["Target"]["RequiresRecreation"] for detail in details}
    if "Always" in wanted:
        return "True"
    return "Conditional" if "Conditionally" in wanted else "False"


def _addition(logical_id: str, kind: str) -> Change:
    return _change({"Action": "Add", "LogicalResourceId": logical_id, "ResourceType": kind})


def _removal(resource: StackResource) -> Change:
    policy = resource.definition.get("DeletionPolicy", "Delete")
    return _change(
        {
            "Action": "Remove",
            "LogicalResourceId": resource.logical_id,
            "PhysicalResourceId": resource.physical_id,
            "PolicyAction": "Retain" if policy.startswith("Retain") else "Delete",
            "ResourceType": resource.type,
        }
    )


def _modification(
    current: StackResource, details: list[Change], replacement: str, definition: Mapping[str, Any]
) -> Change:
    change: Change = {
        "Action": "Modify",
        "LogicalResourceId": current.logical_id,
        "PhysicalResourceId": current.physical_id,
        "ResourceType": current.type,
        "Replacement": replacement,
        "Scope": sorted({detail["Target"]["Attribute"] for detail in details}),
        "Details": details,
    }
    if replacement == "True":
        kept = definition.get("UpdateReplacePolicy") == "Retain"
        change["PolicyAction"] = "ReplaceAndRetain" if kept else "ReplaceAndDelete"
    return _change(change)


def _change(resource_change: Change) -> Change:
    empty: Change = {"Scope": [], "Details": []}
    return {"Type": "Resource", "ResourceChange": {**empty, **resource_change}}


def without_values(change: Change) -> Change:
    """A change as DescribeChangeSet shows it without IncludePropertyValues."""
    inner = change["ResourceChange"]
    hidden = ("Path", "BeforeValue", "AfterValue", "AttributeChangeType")
    shown: list[Change] = []
    for detail in inner["Details"]:
        target = {k: v for k, v in detail["Target"].items() if k not in hidden}
        bare = {**detail, "Target": target}
        if bare not in shown:
            shown.append(bare)
    return {**change, "ResourceChange": {**inner, "Details": shown}}
