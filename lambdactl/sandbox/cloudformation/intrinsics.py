"""The intrinsic functions: template data in, plain values out.

A :class:`Scope` says what names mean. The same functions serve an operation, where a Ref is the
physical id of a resource that exists by then, and a change set, where what cannot be known yet is
:data:`UNKNOWN` and stays visible as that.
"""

from __future__ import annotations

import base64
import ipaddress
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lambdactl.sandbox.cloudformation.references import as_function, substitute, variables
from lambdactl.sandbox.cloudformation.references import attribute_of as _attribute_of
from lambdactl.sandbox.cloudformation.template import invalid

UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}"
"""What a change set prints for a value that is known only when it has been executed."""


class _NoValue:
    """``AWS::NoValue``: the property that holds it is not there."""


NO_VALUE = _NoValue()


@dataclass(frozen=True)
class Scope:
    """What the names of a template mean.

    ``names`` has the parameters and pseudo parameters; ``ref`` and ``attribute`` answer for
    resources and raise ValidationError for what does not exist.
    """

    names: Mapping[str, Any]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, bool]
    ref: Callable[[str], Any]
    attribute: Callable[[str, str], Any]
    imported: Callable[[str], str]


def resolve(value: Any, scope: Scope) -> Any:
    """``value`` with every function replaced by its result. Raises ValidationError."""
    call = as_function(value)
    if call is not None:
        name, argument = call
        function = _FUNCTIONS.get(name)
        if function is None:
            raise invalid(f"Template error: Unsupported intrinsic function {name}")
        return function(argument, scope)
    if isinstance(value, Mapping):
        return _present({key: resolve(item, scope) for key, item in value.items()})
    if isinstance(value, list):
        return [item for item in (resolve(each, scope) for each in value) if item is not NO_VALUE]
    if isinstance(value, str) and "{{resolve:" in value:
        raise invalid(f"Template error: dynamic reference {value} is not supported")
    return value


def _present(items: dict[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in items.items() if item is not NO_VALUE}


def text(value: Any) -> str:
    """A scalar as CloudFormation writes it into a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value)
    return str(value)


def _ref(argument: Any, scope: Scope) -> Any:
    name = str(argument)
    if name == "AWS::NoValue":
        return NO_VALUE
    return scope.names[name] if name in scope.names else scope.ref(name)


def _get_att(argument: Any, scope: Scope) -> Any:
    if isinstance(argument, list):
        argument = [resolve(part, scope) for part in argument]
    reference = _attribute_of(argument)
    return scope.attribute(reference.target, reference.attribute or "")


def _sub(argument: Any, scope: Scope) -> str:
    template, given = argument if isinstance(argument, list) else (argument, {})
    if not isinstance(template, str) or not isinstance(given, Mapping):
        raise invalid(
            "Template error: One or more Fn::Sub intrinsic functions don't specify expected "
            "arguments. Specify a string as first argument, and an optional second argument to "
            "specify a mapping of values to replace in the string"
        )
    values = {}
    for name in variables(template):
        if name in given:
            values[name] = text(resolve(given[name], scope))
        elif "." in name and not name.startswith("AWS::"):
            values[name] = text(_get_att(name, scope))
        else:
            values[name] = text(_ref(name, scope))
    return substitute(template, values)


def _join(argument: Any, scope: Scope) -> str:
    if not isinstance(argument, list) or len(argument) != 2:
        raise invalid(
            "Template error: every Fn::Join object requires two parameters, (1) a string "
            "delimiter and (2) a list of strings to be joined or a function that returns a list "
            "of strings (such as Fn::GetAZs) to be joined."
        )
    items = resolve(argument[1], scope)
    if UNKNOWN in (items, text(items)):
        return UNKNOWN
    return str(argument[0]).join(text(item) for item in items)


def _split(argument: Any, scope: Scope) -> Any:
    source = resolve(argument[1], scope)
    return UNKNOWN if source == UNKNOWN else text(source).split(str(argument[0]))


def _select(argument: Any, scope: Scope) -> Any:
    index, items = (resolve(part, scope) for part in argument)
    if items == UNKNOWN or (isinstance(items, list) and UNKNOWN in text(items)):
        return UNKNOWN
    if not isinstance(items, list) or not 0 <= int(index) < len(items):
        raise invalid(
            f"Template error: Fn::Select cannot select nonexistent value at index {index}"
        )
    return items[int(index)]


def _if(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 3:
        raise invalid("Template error: Fn::If requires a list argument with three elements")
    name = str(argument[0])
    if name not in scope.conditions:
        raise invalid(f"Template error: unresolved condition dependency {name}")
    return resolve(argument[1] if scope.conditions[name] else argument[2], scope)


def _find_in_map(argument: Any, scope: Scope) -> Any:
    name, top, second = (text(resolve(part, scope)) for part in argument[:3])
    entry = (scope.mappings.get(name) or {}).get(top) or {}
    if second in entry:
        return entry[second]
    for default in argument[3:]:
        if isinstance(default, Mapping) and "DefaultValue" in default:
            return resolve(default["DefaultValue"], scope)
    raise invalid(f"Template error: Unable to get mapping for {name}::{top}::{second}")


def _import_value(argument: Any, scope: Scope) -> str:
    return scope.imported(text(resolve(argument, scope)))


def _base64(argument: Any, scope: Scope) -> str:
    return base64.b64encode(text(resolve(argument, scope)).encode()).decode()


def _get_azs(argument: Any, scope: Scope) -> list[str]:
    region = resolve(argument, scope) or scope.names["AWS::Region"]
    return [f"{region}{letter}" for letter in "abc"]


def _cidr(argument: Any, scope: Scope) -> list[str]:
    block, count, *bits = (resolve(part, scope) for part in argument)
    network = ipaddress.ip_network(str(block))
    prefix = network.max_prefixlen - int(bits[0] if bits else 8)
    subnets = network.subnets(new_prefix=prefix)
    return [str(next(subnets)) for _ in range(int(count))]


_FUNCTIONS: dict[str, Callable[[Any, Scope], Any]] = {
    "Ref": _ref,
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _get_azs,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::ImportValue": _import_value,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
}
