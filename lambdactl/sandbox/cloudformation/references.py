"""Who refers to whom: every Ref, Fn::GetAtt, Fn::Sub and Condition inside a piece of template.

Nothing is resolved here. With ``conditions`` an ``Fn::If`` is walked on the branch it takes, which
is what counts for a stack; without, on both, which is what counts for a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_VARIABLE = re.compile(r"\$\{(!?)([^${}]+)\}")
_UPDATE_POLICY = "CodeDeployLambdaAliasUpdate"


@dataclass(frozen=True)
class Reference:
    """``attribute`` is None for a Ref."""

    target: str
    attribute: str | None = None


def as_function(value: Any) -> tuple[str, Any] | None:
    """(name, argument) where ``value`` is a call of an intrinsic function, else None."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    (name, argument), *_ = value.items()
    is_call = name == "Ref" or (isinstance(name, str) and name.startswith("Fn::"))
    return (name, argument) if is_call else None


def variables(text: str) -> Iterator[str]:
    """The names inside ``${}`` of an Fn::Sub; ``${!Literal}`` is none."""
    for literal, name in _VARIABLE.findall(text):
        if not literal:
            yield name.strip()


def substitute(text: str, value_of: Mapping[str, str]) -> str:
    def replace(match: re.Match[str]) -> str:
        literal, name = match.groups()
        return "${" + name + "}" if literal else value_of[name.strip()]

    return _VARIABLE.sub(replace, text)


def attribute_of(argument: Any) -> Reference:
    """The argument of Fn::GetAtt, in either of its forms."""
    if isinstance(argument, str):
        target, _, name = argument.partition(".")
        return Reference(target, name)
    return Reference(str(argument[0]), ".".join(str(part) for part in argument[1:]))


def references(value: Any, conditions: Mapping[str, bool] | None = None) -> Iterator[Reference]:
    """Every reference inside ``value``, in the order of the text."""
    call = as_function(value)
    if call is not None:
        yield from _of_call(*call, conditions)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from references(item, conditions)
    elif isinstance(value, list):
        for item in value:
            yield from references(item, conditions)


def _of_call(
    name: str, argument: Any, conditions: Mapping[str, bool] | None
) -> Iterator[Reference]:
    if name == "Ref":
        yield Reference(str(argument))
    elif name == "Fn::GetAtt":
        yield attribute_of(argument)
    elif name == "Fn::Sub":
        yield from _of_sub(argument, conditions)
    elif name == "Fn::If" and conditions is not None and isinstance(argument, list):
        taken = argument[1] if conditions.get(str(argument[0])) else argument[2]
        yield from references(taken, conditions)
    else:
        yield from references(argument, conditions)


def _of_sub(argument: Any, conditions: Mapping[str, bool] | None) -> Iterator[Reference]:
    text, given = argument if isinstance(argument, list) else (argument, {})
    yield from references(given, conditions)
    for name in variables(str(text)):
        if name in given:
            continue
        target, dot, attribute = name.partition(".")
        yield Reference(target, attribute if dot else None)


def of_resource(
    definition: Mapping[str, Any], conditions: Mapping[str, bool] | None = None
) -> Iterator[Reference]:
    """What a resource needs before it can be made: its properties and its update policy."""
    yield from references(definition.get("Properties") or {}, conditions)
    yield from references(definition.get("UpdatePolicy") or {}, conditions)


def depends_on(definition: Mapping[str, Any]) -> list[str]:
    named = definition.get("DependsOn") or []
    return [named] if isinstance(named, str) else [str(each) for each in named]


def update_policy(definition: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The CodeDeployLambdaAliasUpdate of a resource, not yet resolved."""
    policy = (definition.get("UpdatePolicy") or {}).get(_UPDATE_POLICY)
    return policy if isinstance(policy, Mapping) else None
