"""A template's text becomes data: YAML with its short-form tags, or JSON.

CloudFormation's YAML is YAML 1.1 with one difference that matters: a date such as ``2012-10-17``
stays a string. ``!GetAtt A.B`` is the long form ``{"Fn::GetAtt": ["A", "B"]}`` by the time anybody
looks. The messages are CloudFormation's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from lambdactl.sandbox.account import ApiError

SECTIONS = frozenset(
    {
        "AWSTemplateFormatVersion",
        "Conditions",
        "Description",
        "Globals",
        "Mappings",
        "Metadata",
        "Outputs",
        "Parameters",
        "Resources",
        "Transform",
    }
)
RESOURCE_ATTRIBUTES = frozenset(
    {
        "Condition",
        "Connectors",
        "CreationPolicy",
        "DeletionPolicy",
        "DependsOn",
        "Description",
        "IgnoreGlobals",
        "Metadata",
        "Properties",
        "Type",
        "UpdatePolicy",
        "UpdateReplacePolicy",
    }
)
MAX_BODY_BYTES = 51_200
MAX_URL_BYTES = 1_000_000


def invalid(message: str) -> ApiError:
    """CloudFormation's answer to every request that it cannot take: ``ValidationError``, 400."""
    return ApiError("ValidationError", message, 400)


class _Loader(yaml.SafeLoader):
    """YAML as CloudFormation reads it."""


def _construct_tag(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


def _construct_date(loader: _Loader, node: yaml.ScalarNode) -> Any:
    return loader.construct_scalar(node)


_Loader.add_multi_constructor("!", _construct_tag)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _construct_date)


def parse(body: str) -> dict[str, Any]:
    """The text of a template as data. Raises ValidationError where it is neither YAML nor JSON."""
    data = _parse_json(body) if body.lstrip().startswith("{") else _parse_yaml(body)
    if not isinstance(data, dict):
        raise invalid("Template format error: unsupported structure.")
    return data


def _parse_json(body: str) -> Any:
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        where = f"(line {error.lineno}, column {error.colno})"
        raise invalid(f"Template format error: JSON not well-formed. {where}") from None


def _parse_yaml(body: str) -> Any:
    try:
        # A safe loader: it derives from SafeLoader and builds plain data only.
        return yaml.load(body, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise invalid(f"Template format error: YAML not well-formed.{where}") from None
    except yaml.YAMLError:
        raise invalid("Template format error: YAML not well-formed.") from None


@dataclass(frozen=True)
class Template:
    """A template that has passed the checks of form: its sections are there, each a map."""

    data: Mapping[str, Any]
    resources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, body: str) -> Template:
        return cls.of(parse(body))

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Template:
        """``data`` as a template. Raises ValidationError in CloudFormation's words."""
        _check_sections(data)
        resources = data.get("Resources")
        if not isinstance(resources, Mapping) or not resources:
            raise invalid("Template format error: At least one Resources member must be defined.")
        for logical_id, resource in resources.items():
            _check_resource(logical_id, resource)
        return cls(data, resources)

    def section(self, name: str) -> Mapping[str, Any]:
        value: Mapping[str, Any] = self.data.get(name) or {}
        return value

    @property
    def description(self) -> str | None:
        value = self.data.get("Description")
        return None if value is None else str(value)

    @property
    def transforms(self) -> list[str]:
        """The names of the macros that the whole template passes through, in order."""
        declared = self.data.get("Transform") or []
        listed = declared if isinstance(declared, list) else [declared]
        return [
            str(each.get("Name")) if isinstance(each, Mapping) else str(each) for each in listed
        ]

    def types(self) -> list[str]:
        return sorted({str(resource["Type"]) for resource in self.resources.values()})

    def active(self, conditions: Mapping[str, bool]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The resources whose condition holds, in the order of the template."""
        for logical_id, resource in self.resources.items():
            condition = resource.get("Condition")
            if condition is None or conditions[condition]:
                yield logical_id, resource


def _check_sections(data: Mapping[str, Any]) -> None:
    unknown = sorted(str(name) for name in data if name not in SECTIONS)
    if unknown:
        raise invalid(f"Invalid template property or properties [{', '.join(unknown)}]")
    for name in ("Parameters", "Mappings", "Conditions", "Outputs", "Metadata"):
        if data.get(name) is not None and not isinstance(data[name], Mapping):
            raise invalid(f"Template format error: [/{name}] '{name}' must be a JSON object.")


def _check_resource(logical_id: Any, resource: Any) -> None:
    if not isinstance(logical_id, str) or not re.fullmatch(r"[A-Za-z0-9]+", logical_id):
        raise invalid(f"Template format error: Resource name {logical_id} is non alphanumeric.")
    path = f"/Resources/{logical_id}"
    if not isinstance(resource, Mapping):
        raise invalid(
            f"Template format error: [{path}] Every Resources member must be a JSON object."
        )
    if not isinstance(resource.get("Type"), str):
        raise invalid(
            f"Template format error: [{path}] Every Resources object must contain a Type member."
        )
    for name in resource:
        if name not in RESOURCE_ATTRIBUTES:
            raise invalid(f"Invalid template resource property '{name}'")
    if not isinstance(resource.get("Properties") or {}, Mapping):
        raise invalid(f"Template format error: [{path}/Properties] must be a JSON object.")
