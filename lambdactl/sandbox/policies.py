"""IAM policy documents, evaluated as IAM does: a Deny wins, then an Allow, else it is denied.

Conditions are evaluated against the context that the question brings. A key that it does not bring
is named, and its statement does not match; an operator that is not there answers 501. Policy
variables are not there: their text matches itself only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from lambdactl.sandbox.errors import ApiError

Decision = Literal["allowed", "explicitDeny", "implicitDeny"]
Context = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Policy:
    """``kind`` as IAM's PolicySourceType has it: role, user, aws-managed, user-managed, none."""

    id: str
    kind: str
    document: Mapping[str, Any]

    @property
    def statements(self) -> list[Mapping[str, Any]]:
        return listed(self.document.get("Statement"))


@dataclass(frozen=True, slots=True)
class Ruling:
    decision: Decision
    because: tuple[Policy, ...] = ()
    missing: frozenset[str] = frozenset()
    """Context keys that conditions asked for and nobody brought."""


def document_of(text: Any) -> Mapping[str, Any]:
    """A policy document, as JSON or already read."""
    found: Mapping[str, Any] = json.loads(text) if isinstance(text, str) else text
    return found


def rule(policies: Iterable[Policy], action: str, resource: str, context: Context) -> Ruling:
    """What these policies together say of one action on one resource."""
    said: dict[str, list[Policy]] = {"Allow": [], "Deny": []}
    missing: set[str] = set()
    for policy in policies:
        for statement in policy.statements:
            if not _concerns(statement, action, resource):
                continue
            lacking = _lacking(statement, context)
            missing |= lacking
            if not lacking and _holds(statement, context):
                said[statement["Effect"]].append(policy)
    if said["Deny"]:
        return Ruling("explicitDeny", tuple(said["Deny"]), frozenset(missing))
    decision: Decision = "allowed" if said["Allow"] else "implicitDeny"
    return Ruling(decision, tuple(said["Allow"]), frozenset(missing))


def listed(value: Any) -> list[Any]:
    """One or many, as JSON policies have them."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _concerns(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    return _named(statement, "Action", action.lower(), str.lower) and _named(
        statement, "Resource", resource, str
    )


def _named(
    statement: Mapping[str, Any], element: str, value: str, fold: Callable[[str], str]
) -> bool:
    """Whether the element, or its Not form, names ``value``."""
    if f"Not{element}" in statement:
        return not any(_fits(fold(p), value) for p in listed(statement[f"Not{element}"]))
    return any(_fits(fold(p), value) for p in listed(statement.get(element)))


@lru_cache(maxsize=1024)
def _pattern(glob: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(c, re.escape(c)) for c in glob), re.DOTALL)


def _fits(glob: str, value: str) -> bool:
    return _pattern(glob).fullmatch(value) is not None


def _conditions(statement: Mapping[str, Any]) -> Iterable[tuple[str, str, list[str]]]:
    for operator, wanted in statement.get("Condition", {}).items():
        for key, values in wanted.items():
            yield operator, key.lower(), [_text(v) for v in listed(values)]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _lacking(statement: Mapping[str, Any], context: Context) -> set[str]:
    return {
        key
        for operator, key, _ in _conditions(statement)
        if key not in context and not operator.endswith("IfExists") and operator != "Null"
    }


def _holds(statement: Mapping[str, Any], context: Context) -> bool:
    return all(_met(o, context.get(key, ()), values) for o, key, values in _conditions(statement))


def _met(operator: str, has: tuple[str, ...], wanted: list[str]) -> bool:
    name = operator.removesuffix("IfExists")
    if name == "Null":
        return (not has) == (wanted == ["true"])
    if not has:
        return True
    if name not in _OPERATORS:
        message = f"The sandbox does not evaluate the condition operator {operator}."
        raise ApiError("NotImplemented", message, 501)
    fits, negated = _OPERATORS[name]
    return any(fits(w, h) for w in wanted for h in has) != negated


def _equal(wanted: str, has: str) -> bool:
    return wanted == has


def _equal_folded(wanted: str, has: str) -> bool:
    return wanted.lower() == has.lower()


_OPERATORS: dict[str, tuple[Callable[[str, str], bool], bool]] = {
    "ArnEquals": (_fits, False),
    "ArnLike": (_fits, False),
    "ArnNotEquals": (_fits, True),
    "ArnNotLike": (_fits, True),
    "Bool": (_equal_folded, False),
    "StringEquals": (_equal, False),
    "StringEqualsIgnoreCase": (_equal_folded, False),
    "StringLike": (_fits, False),
    "StringNotEquals": (_equal, True),
    "StringNotLike": (_fits, True),
}
"""Each operator, and whether it is a negation."""
