"""The parameters of a template: what was given, what was used before, what is the default.

Every value travels as a string, as CloudFormation's API has it; a list type becomes a list only
when a template refers to it. A value that breaks a rule is refused before anything is made, in
CloudFormation's words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lambdactl.sandbox.cloudformation.template import Template, invalid

MASK = "****"
_LISTS = ("CommaDelimitedList", "List<")


def settle(
    template: Template,
    given: Sequence[Mapping[str, Any]],
    previous: Mapping[str, str] | None,
) -> dict[str, str]:
    """The value of every parameter of ``template``.

    ``given`` is the request's Parameters; ``previous`` the values of the stack that is updated,
    which ``UsePreviousValue`` asks for.
    """
    declared = template.section("Parameters")
    wanted = _given(given, previous)
    unknown = [key for key in wanted if key not in declared]
    if unknown:
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    missing = [k for k, d in declared.items() if k not in wanted and "Default" not in d]
    if missing:
        raise invalid(f"Parameters: [{', '.join(missing)}] must have values")
    values = {
        name: wanted[name] if name in wanted else _as_text(definition["Default"])
        for name, definition in declared.items()
    }
    for name, value in values.items():
        _check(name, value, declared[name])
    return values


def _given(
    given: Sequence[Mapping[str, Any]], previous: Mapping[str, str] | None
) -> dict[str, str]:
    values: dict[str, str] = {}
    for parameter in given:
        key = str(parameter["ParameterKey"])
        if not parameter.get("UsePreviousValue"):
            values[key] = str(parameter.get("ParameterValue", ""))
        elif previous is not None and key in previous:
            values[key] = previous[key]
        else:
            raise invalid(
                f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true "
                "for a parameter key not in the previous template"
            )
    return values


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def is_list(definition: Mapping[str, Any]) -> bool:
    return str(definition.get("Type", "String")).startswith(_LISTS)


def is_secret(definition: Mapping[str, Any]) -> bool:
    """NoEcho: the value is shown to nobody."""
    return str(definition.get("NoEcho", False)).lower() == "true"


def secrets(template: Template, values: Mapping[str, str]) -> frozenset[str]:
    """The values of the NoEcho parameters."""
    declared = template.section("Parameters")
    return frozenset(v for name, v in values.items() if v and is_secret(declared[name]))


def masked(text: str, hidden: frozenset[str]) -> str:
    """``text`` with every secret covered, the longest first."""
    for secret in sorted(hidden, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def shown(template: Template, values: Mapping[str, str]) -> list[dict[str, Any]]:
    """The parameters as the API answers them, those with NoEcho masked."""
    declared = template.section("Parameters")
    return [
        {"ParameterKey": name, "ParameterValue": MASK if is_secret(declared[name]) else value}
        for name, value in values.items()
    ]


def referable(template: Template, values: Mapping[str, str]) -> dict[str, Any]:
    """What ``Ref`` of each parameter gives: a string, or a list where the type is a list."""
    declared = template.section("Parameters")
    return {
        name: [item.strip() for item in value.split(",")] if is_list(declared[name]) else value
        for name, value in values.items()
    }


def _check(name: str, value: str, definition: Mapping[str, Any]) -> None:
    kind = str(definition.get("Type", "String"))
    if kind.startswith("AWS::SSM::Parameter::"):
        raise invalid(f"Template format error: Unrecognized parameter type: {kind}")
    _check_allowed(name, value, definition)
    if kind == "Number":
        _check_number(name, value, definition)
    elif kind == "List<Number>":
        for item in value.split(","):
            _check_number(name, item.strip(), definition)
    elif kind == "String":
        _check_text(name, value, definition)


def _check_allowed(name: str, value: str, definition: Mapping[str, Any]) -> None:
    if "AllowedValues" not in definition:
        return
    allowed = [_as_text(each) for each in definition["AllowedValues"]]
    values = [item.strip() for item in value.split(",")] if is_list(definition) else [value]
    if any(item not in allowed for item in values):
        raise _broken(name, definition, "must be one of AllowedValues")


def _check_number(name: str, value: str, definition: Mapping[str, Any]) -> None:
    try:
        number = float(value)
    except ValueError:
        raise invalid(f"Parameter '{name}' must be a number.") from None
    if "MinValue" in definition and number < float(definition["MinValue"]):
        raise _broken(name, definition, f"must be a number not less than {definition['MinValue']}")
    if "MaxValue" in definition and number > float(definition["MaxValue"]):
        limit = definition["MaxValue"]
        raise _broken(name, definition, f"must be a number not greater than {limit}")


def _check_text(name: str, value: str, definition: Mapping[str, Any]) -> None:
    if "AllowedPattern" in definition:
        pattern = str(definition["AllowedPattern"])
        if not re.fullmatch(pattern, value):
            raise _broken(name, definition, f"must match pattern {pattern}")
    if "MinLength" in definition and len(value) < int(definition["MinLength"]):
        limit = definition["MinLength"]
        raise _broken(name, definition, f"must contain at least {limit} characters")
    if "MaxLength" in definition and len(value) > int(definition["MaxLength"]):
        limit = definition["MaxLength"]
        raise _broken(name, definition, f"must contain at most {limit} characters")


def _broken(name: str, definition: Mapping[str, Any], rule: str) -> Exception:
    if "ConstraintDescription" in definition:
        text = definition["ConstraintDescription"]
        return invalid(f"Parameter {name} failed to satisfy constraint: {text}")
    return invalid(f"Parameter '{name}' {rule}")
