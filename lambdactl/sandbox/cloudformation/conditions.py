"""The Conditions section: every condition is true or false before a resource is looked at.

A condition sees parameters, pseudo parameters, mappings and other conditions, never a resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lambdactl.sandbox.cloudformation.intrinsics import Scope, resolve, text
from lambdactl.sandbox.cloudformation.template import Template, invalid


def evaluate(template: Template, names: Mapping[str, Any]) -> dict[str, bool]:
    """The truth of every condition of ``template``. Raises ValidationError."""
    evaluator = _Evaluator(template.section("Conditions"), template.section("Mappings"), names)
    for name in template.section("Conditions"):
        evaluator.named(name)
    _check_used(template, evaluator.known)
    return evaluator.known


def _check_used(template: Template, known: Mapping[str, bool]) -> None:
    for section in ("Resources", "Outputs"):
        for name, entry in template.section(section).items():
            condition = entry.get("Condition")
            if condition is not None and condition not in known:
                raise invalid(
                    f"Template format error: Unresolved condition dependency {condition} in the "
                    f"{section} block of the template ({name})"
                )


@dataclass
class _Evaluator:
    definitions: Mapping[str, Any]
    mappings: Mapping[str, Any]
    names: Mapping[str, Any]
    known: dict[str, bool] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def named(self, name: str) -> bool:
        if name in self.known:
            return self.known[name]
        if name not in self.definitions:
            raise invalid(
                f"Template format error: Unresolved condition dependency {name} in the Conditions "
                "block of the template"
            )
        if name in self._open:
            circle = ", ".join([*self._open, name])
            raise invalid(f"Template error: Circular dependency between conditions: [{circle}]")
        self._open.append(name)
        self.known[name] = self.truth(self.definitions[name])
        self._open.remove(name)
        return self.known[name]

    def truth(self, value: Any) -> bool:
        if isinstance(value, Mapping) and len(value) == 1:
            (function, argument), *_ = value.items()
            match function:
                case "Condition":
                    return self.named(str(argument))
                case "Fn::Equals":
                    left, right = (text(self._value(part)) for part in argument)
                    return left == right
                case "Fn::And":
                    return all(self.truth(part) for part in argument)
                case "Fn::Or":
                    return any(self.truth(part) for part in argument)
                case "Fn::Not":
                    return not self.truth(argument[0])
        raise invalid(
            "Template format error: Every Conditions member must be an Fn::And, Fn::Or, Fn::Not, "
            "Fn::Equals or Condition"
        )

    def _value(self, value: Any) -> Any:
        return resolve(value, self._scope())

    def _scope(self) -> Scope:
        return Scope(self.names, self.mappings, self.known, _no_resource, _no_attribute, _no_import)


def _no_resource(name: str) -> Any:
    raise invalid(
        f"Template format error: Unresolved dependencies [{name}]. Cannot reference resources in "
        "the Conditions block of the template"
    )


def _no_attribute(name: str, attribute: str) -> Any:
    return _no_resource(f"{name}.{attribute}")


def _no_import(name: str) -> str:
    raise invalid(f"Template error: Cannot use Fn::ImportValue ({name}) in Conditions.")
