"""The contexts there are, and what each of them is in one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lambdactl.cli import config, state
from lambdactl.cli.target import AWS, SANDBOX, current_context, environment_layer, project_layer
from lambdactl.errors import UsageError


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    about: str
    current: bool


def context_rows() -> list[Row]:
    """The built-in ones first, then those of the operator's file, in its order."""
    upper = [environment_layer(), project_layer(config.project_file())]
    chosen, _ = current_context(upper)
    current = chosen.text if chosen else AWS
    abouts = {
        AWS: "what AWS's own environment and config say",
        SANDBOX: _about_sandbox(),
        **{name: _about(table) for name, table in config.contexts(config.user_file()).items()},
    }
    return [Row(name, about, name == current) for name, about in abouts.items()]


def require_context(name: str) -> None:
    """Raises UsageError for one that does not exist."""
    known = [row.name for row in context_rows()]
    if name not in known:
        raise UsageError(
            f"there is no context {name}",
            why=f"known are {', '.join(known)}",
            hint=f"add [contexts.{name}] to {config.shown(state.config_file())}",
        )


def _about_sandbox() -> str:
    running = state.sandbox()
    if running is None:
        return "not running; lambdactl sandbox start"
    return f"running at {running.endpoint}"


def _about(table: Mapping[str, object]) -> str:
    keys = ("function", "alias", "profile", "region", "account_id", "env")
    return "  ".join(f"{key} {table[key]}" for key in keys if key in table)
