"""A resource's properties as the input of the API call that makes it.

CloudFormation names properties as the API names its members, up to the case of the first letter,
and hands a number that came from a parameter over as a string. botocore's model of the operation
tells what the API wants. A property that the API does not know is refused, never dropped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.cloudformation.template import invalid
from lambdactl.sandbox.wire import operation_model


def as_input(service: str, operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """``properties`` as input members of ``operation``, each of the type that its shape has."""
    model = operation_model(service, operation)
    assert model is not None
    fitted: dict[str, Any] = _fit(model.input_shape, properties, "#")
    return fitted


def members_of(service: str, operation: str) -> frozenset[str]:
    """The names of the input members of an operation."""
    model = operation_model(service, operation)
    shape: Any = model.input_shape if model else None
    return frozenset(shape.members if shape else ())


def _fit(shape: Any, value: Any, path: str) -> Any:
    match shape.type_name:
        case "structure" if isinstance(value, Mapping):
            return _fit_structure(shape, value, path)
        case "list":
            items = value if isinstance(value, list) else [value]
            return [_fit(shape.member, item, f"{path}/{n}") for n, item in enumerate(items)]
        case "map" if isinstance(value, Mapping):
            return {
                str(key): _fit(shape.value, item, f"{path}/{key}") for key, item in value.items()
            }
        case "structure" | "map":
            raise mismatch(path, f"expected type: JSONObject, found: {_found(value)}")
        case kind:
            return _fit_scalar(kind, value, path)


def _fit_structure(shape: Any, value: Mapping[str, Any], path: str) -> dict[str, Any]:
    members = {name[:1].lower() + name[1:]: name for name in shape.members}
    fitted = {}
    for name, item in value.items():
        member = members.get(name[:1].lower() + name[1:])
        if member is None:
            raise mismatch(path, f"extraneous key [{name}] is not permitted")
        fitted[member] = _fit(shape.members[member], item, f"{path}/{name}")
    return fitted


def _fit_scalar(kind: str, value: Any, path: str) -> Any:
    match kind:
        case "string":
            return _as_text(value, path)
        case "integer" | "long":
            return _as_number(value, path, int)
        case "float" | "double":
            return _as_number(value, path, float)
        case "boolean":
            return _as_boolean(value, path)
        case "blob":
            return value if isinstance(value, bytes) else _as_text(value, path).encode()
    return value


def _as_text(value: Any, path: str) -> str:
    if isinstance(value, Mapping):
        return json.dumps(value)
    if isinstance(value, list):
        raise mismatch(path, "expected type: String, found: JSONArray")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _as_number(value: Any, path: str, kind: type[int] | type[float]) -> int | float:
    number = _number(value)
    if number is None or (kind is int and not number.is_integer()):
        raise mismatch(path, f"expected type: Number, found: {_found(value)}")
    return kind(number)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _as_boolean(value: Any, path: str) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    raise mismatch(path, f"expected type: Boolean, found: {_found(value)}")


def _found(value: Any) -> str:
    match value:
        case Mapping():
            return "JSONObject"
        case list():
            return "JSONArray"
        case bool():
            return "Boolean"
        case int() | float():
            return "Number"
    return "String"


def mismatch(path: str, what: str) -> Exception:
    """A property that the schema of its type does not allow."""
    return invalid(f"Properties validation failed for resource with message:\n{path}: {what}")


def required(properties: Mapping[str, Any], *names: str) -> None:
    """Raise where one of ``names`` is not among ``properties``."""
    for name in names:
        if name not in properties:
            raise mismatch("#", f"required key [{name}] not found")


def without(properties: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name not in names}
