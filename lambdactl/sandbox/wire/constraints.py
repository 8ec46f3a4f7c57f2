"""The input held against its shape, in the words AWS uses when it does not fit.

``1 validation error detected: Value '' at 'functionName' failed to satisfy constraint: Member must
have length greater than or equal to 1``. Clients check little of this before they send: botocore
looks at required members, types and minima, and at no maximum, pattern or enumeration.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.model import OperationModel

from lambdactl.sandbox.errors import ApiError
from lambdactl.sandbox.wire.models import is_query_compatible, pattern, speaks

Finding = tuple[str, str]
"""The path of the member, with its value in front, and the constraint that it breaks."""
_NOT_NULL = "Member must not be null"


def check_input(service: str, model: OperationModel, params: dict[str, Any]) -> None:
    """Raise AWS's ApiError if ``params`` break a constraint of the model."""
    shape: Any = model.input_shape
    if shape is None:
        return
    findings = list(_structure(shape, params, ""))
    if not findings:
        return
    count = f"{len(findings)} validation error{'s' if len(findings) > 1 else ''} detected"
    details = "; ".join(f"{at} failed to satisfy constraint: {rule}" for at, rule in findings)
    raise ApiError(_code(service, model, findings[0]), f"{count}: {details}")


def _code(service: str, model: OperationModel, finding: Finding) -> str:
    """CodeDeploy has an error of its own for most members; the others have one for all."""
    at, rule = finding
    member = at.rpartition("at '")[2].rstrip("'")
    name = member[:1].upper() + member[1:]
    own = f"{name}RequiredException" if rule == _NOT_NULL else f"Invalid{name}Exception"
    if own in {shape.name for shape in model.error_shapes}:
        return own
    speaks_query = speaks(service, "query") or is_query_compatible(service)
    return "ValidationError" if speaks_query else "ValidationException"


def _structure(shape: Any, value: dict[str, Any], path: str) -> Iterator[Finding]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"Value null at '{path}{_lower(name)}'", _NOT_NULL
    for name, item in value.items():
        if item is not None and name in shape.members:
            yield from _value(shape.members[name], item, path + _lower(name))


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _value(shape: Any, value: Any, path: str) -> Iterator[Finding]:
    match shape.type_name:
        case "structure" if not shape.is_document_type:
            yield from _structure(shape, value, f"{path}.")
        case "list":
            yield from _list(shape, value, path)
        case "map":
            yield from _map(shape, value, path)
        case "string" | "blob" | "integer" | "long" | "float" | "double":
            for rule in broken_rules(shape, value):
                yield f"{_value_text(shape, value)}at '{path}'", rule


def _list(shape: Any, value: list[Any], path: str) -> Iterator[Finding]:
    for rule in broken_rules(shape, value):
        yield f"{_value_text(shape, value)}at '{path}'", rule
    if shape.member.type_name in ("structure", "list", "map"):
        for number, item in enumerate(value, 1):
            yield from _value(shape.member, item, f"{path}.{number}.member")
    elif any(broken_rules(shape.member, item) for item in value):
        rules = ", ".join(rules_of(shape.member))
        yield (
            f"{_value_text(shape, value)}at '{path}'",
            f"Member must satisfy constraint: [{rules}]",
        )


def _map(shape: Any, value: dict[str, Any], path: str) -> Iterator[Finding]:
    at = f"{_value_text(shape, value)}at '{path}'"
    for rule in broken_rules(shape, value):
        yield at, rule
    if any(broken_rules(shape.key, key) for key in value):
        yield at, f"Map keys must satisfy constraint: [{', '.join(rules_of(shape.key))}]"
    if shape.value.type_name in ("structure", "list", "map"):
        for key, item in value.items():
            yield from _value(shape.value, item, f"{path}.{key}.member")
    elif any(broken_rules(shape.value, item) for item in value.values()):
        yield at, f"Map value must satisfy constraint: [{', '.join(rules_of(shape.value))}]"


def rules_of(shape: Any) -> list[str]:
    """Every constraint of a shape, in the order in which AWS lists them."""
    rules = []
    what = "value" if shape.type_name in ("integer", "long", "float", "double") else "length"
    bound = float if shape.type_name in ("float", "double") else int
    if "max" in shape.metadata:
        limit = bound(shape.metadata["max"])
        rules.append(f"Member must have {what} less than or equal to {limit}")
    if "min" in shape.metadata:
        limit = bound(shape.metadata["min"])
        rules.append(f"Member must have {what} greater than or equal to {limit}")
    if "pattern" in shape.metadata:
        rules.append(f"Member must satisfy regular expression pattern: {shape.metadata['pattern']}")
    if shape.type_name == "string" and getattr(shape, "enum", None):
        rules.append(f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    return [*rules, _NOT_NULL]


def broken_rules(shape: Any, value: Any) -> list[str]:
    """The constraints of ``shape`` that ``value`` breaks."""
    if value is None:
        return [_NOT_NULL]
    return [rule for rule in rules_of(shape)[:-1] if not _holds(shape, value, rule)]


def _holds(shape: Any, value: Any, rule: str) -> bool:
    metadata = shape.metadata
    size = value if isinstance(value, int | float) else len(value)
    if "less than" in rule:
        return bool(size <= metadata["max"])
    if "greater than" in rule:
        return bool(size >= metadata["min"])
    if "enum value set" in rule:
        return value in shape.enum
    expression = pattern(metadata["pattern"])
    return expression is None or expression.fullmatch(value) is not None


def _value_text(shape: Any, value: Any) -> str:
    """``Value 'x' `` as AWS quotes it; the value of a sensitive member is left out."""
    return "Value " if shape.metadata.get("sensitive") else f"Value '{_java(value)}' "


def _java(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{key}={_java(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return f"[{', '.join(map(_java, value))}]"
        case bytes():
            return f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]"
        case _:
            return str(value)
