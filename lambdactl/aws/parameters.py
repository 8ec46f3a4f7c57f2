"""What a deploy is told by name: its stack and its parameters, checked before anything is sent."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

from lambdactl.aws.templates import Template
from lambdactl.errors import UsageError
from lambdactl.model_stack import StackState

FUNCTION_NAME = 64
"""The longest name that Lambda takes."""


def refuse_stack_name(stack: str) -> None:
    """CloudFormation's own rule for a stack's name."""
    if re.fullmatch(r"[a-zA-Z][-a-zA-Z0-9]{0,127}", stack):
        return
    raise UsageError(
        f"{stack!r} is not a name for a stack",
        why="letters, digits and -, starting with a letter, at most 128",
        hint="lambdactl deploy --stack-name NAME",
    )


def refuse_long_names(template: Template, stack: str) -> None:
    """A function whose name carries the stack's may become too long, and fail half way."""
    for name, resource in template.resources.items():
        written = named(resource)
        if written is None or "${AWS::StackName}" not in written:
            continue
        becomes = written.replace("${AWS::StackName}", stack)
        if "${" in becomes or len(becomes) <= FUNCTION_NAME:
            continue
        room = len(stack) - (len(becomes) - FUNCTION_NAME)
        raise UsageError(
            f"the stack name {stack} is too long for {template.path}: at most {room} characters",
            why=f"{name} would be called {becomes}: {len(becomes)} characters, and Lambda takes 64",
            hint="lambdactl deploy --stack-name with a shorter name",
        )


def named(resource: Any) -> str | None:
    """The FunctionName that Fn::Sub makes."""
    if not isinstance(resource, Mapping):
        return None
    name = resource.get("Properties", {}).get("FunctionName")
    made = name.get("Fn::Sub") if isinstance(name, Mapping) else None
    return made if isinstance(made, str) else None


def parameters_for(
    template: Template, given: Mapping[str, str], state: StackState | None
) -> tuple[dict[str, Any], ...]:
    """The Parameters of a change set: what is given, and for the rest what the stack has now.

    Raises UsageError for a parameter that the template does not have, or one without any value.
    """
    for name in given:
        if name not in template.parameters:
            raise unknown(template, name)
    before = state.parameters if state is not None else {}
    chosen: list[dict[str, Any]] = []
    for name, declared in template.parameters.items():
        if name in given:
            chosen.append({"ParameterKey": name, "ParameterValue": given[name]})
        elif name in before:
            chosen.append({"ParameterKey": name, "UsePreviousValue": True})
        elif "Default" not in declared:
            raise UsageError(
                f"{template.path} needs a value for the parameter {name}",
                why=declared.get("Description"),
                hint=f"lambdactl deploy --parameter {name}=VALUE",
            )
    return tuple(chosen)


def unknown(template: Template, name: str) -> UsageError:
    known = sorted(template.parameters)
    near = difflib.get_close_matches(name, known, 1)
    return UsageError(
        f"{template.path} has no parameter {name}",
        why=f"it has {', '.join(known)}" if known else "it has none",
        hint=f"did you mean {near[0]}?" if near else None,
    )
