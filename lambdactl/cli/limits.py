"""``[gate]`` of the project file: the operator's limits, for the function that it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace

from lambdactl.cli import config
from lambdactl.cli.target import named
from lambdactl.errors import UsageError
from lambdactl.model import Target
from lambdactl.verdict.gate import NO_LIMITS, Limits


def limits_of(target: Target) -> Limits:
    """What the nearest project file says; nothing where it is about another function.

    Raises UsageError for a limit that no canary could be held to.
    """
    file = config.project_file()
    if file is None or not _is_about(file, target):
        return NO_LIMITS
    return limits_in(file)


def limits_by_target() -> Callable[[Target], Limits]:
    """The same for whichever alias is asked about later: the file is read once, now.

    Raises UsageError for a limit that no canary could be held to.
    """
    file = config.project_file()
    if file is None:
        return lambda _target: NO_LIMITS
    limits = limits_in(file)
    return lambda target: limits if _is_about(file, target) else NO_LIMITS


def with_own(file: Limits, own: Limits) -> Limits:
    """The limits of the file, with what was said on the line in their place; alarms add up."""
    said = {f.name: getattr(own, f.name) for f in fields(own)}
    numbers = {name: value for name, value in said.items() if value not in (None, (), "")}
    return replace(file, **{**numbers, "alarms": tuple(dict.fromkeys((*file.alarms, *own.alarms)))})


def limits_in(file: config.File) -> Limits:
    """The limits of one file, whatever it is about. Raises UsageError."""
    table: Mapping[str, object] = file.content.get("gate", {})
    if not table:
        return NO_LIMITS
    origin = config.shown(file.path)
    for name, value in table.items():
        if isinstance(value, int | float) and value < 0:
            raise UsageError(
                f"{origin}: gate.{name} {value:g} is below 0",
                hint=f"lambdactl config set --project gate.{name} 1",
            )
    words = {name: tuple(v) if isinstance(v, list) else v for name, v in table.items()}
    return Limits(**words, origin=origin)  # type: ignore[arg-type]


def _is_about(file: config.File, target: Target) -> bool:
    function = file.text("function")
    if function is None:
        return True
    meant = named(function, "")
    alias = meant["alias"].text if "alias" in meant else file.text("alias")
    return meant["function"].text == target.function and alias in (None, target.alias)
