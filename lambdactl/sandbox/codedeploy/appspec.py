"""The AppSpec of a Lambda deployment, in JSON or YAML: which alias goes from which version to
which, and the functions that check it before and after. [D AppSpec file reference]"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

_VERSION = re.compile(r"[1-9][0-9]*")
_HOOKS = ("BeforeAllowTraffic", "AfterAllowTraffic")


class SpecError(Exception):
    """The AppSpec cannot be followed; the message says why."""


@dataclass(frozen=True, slots=True)
class AppSpec:
    """``hooks`` maps a lifecycle event to the name or ARN of the function that it runs."""

    function: str
    alias: str
    current: str
    target: str
    hooks: Mapping[str, str] = field(default_factory=dict)


def parse_appspec(content: str) -> AppSpec:
    """The AppSpec in ``content``. JSON is read as the YAML that it is."""
    try:
        document = yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise SpecError("It is neither JSON nor YAML.") from error
    if not isinstance(document, dict):
        raise SpecError("It is not a mapping.")
    properties = _properties(_lowered(document).get("resources"))
    values = {name: _text(properties, name) for name in ("Name", "Alias")}
    current, target = _version(properties, "CurrentVersion"), _version(properties, "TargetVersion")
    return AppSpec(values["Name"], values["Alias"], current, target, _hooks(document))


def _lowered(document: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key).lower(): value for key, value in document.items()}


def _properties(resources: Any) -> Mapping[str, Any]:
    if not isinstance(resources, list) or len(resources) != 1 or not isinstance(resources[0], dict):
        raise SpecError("Resources must have exactly one element.")
    resource = next(iter(resources[0].values()), None)
    if not isinstance(resource, dict) or resource.get("Type") != "AWS::Lambda::Function":
        raise SpecError("The resource must be of type AWS::Lambda::Function.")
    properties = resource.get("Properties")
    if not isinstance(properties, dict):
        raise SpecError("The resource has no Properties.")
    return properties


def _text(properties: Mapping[str, Any], name: str) -> str:
    value = properties.get(name)
    if not isinstance(value, str) or not value:
        raise SpecError(f"{name} is missing.")
    return value


def _version(properties: Mapping[str, Any], name: str) -> str:
    value = str(properties.get(name, ""))
    if not _VERSION.fullmatch(value):
        raise SpecError(f"{name} must be a positive integer.")
    return value


def _hooks(document: Mapping[Any, Any]) -> dict[str, str]:
    listed = _lowered(document).get("hooks") or []
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise SpecError("Hooks must be a list of lifecycle events.")
    hooks = {str(event): str(function) for item in listed for event, function in item.items()}
    unknown = sorted(set(hooks) - set(_HOOKS))
    if unknown:
        raise SpecError(f"{unknown[0]} is not a lifecycle event with a hook.")
    return hooks
