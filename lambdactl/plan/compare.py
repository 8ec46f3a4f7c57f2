"""What differs between two versions of a function: code, configuration, layers, environment.

Pure, as every judgement here. A variable of the environment is told by its name and by whether it
was added, removed or changed; what it is set to is not known in this room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from lambdactl.model import Version
from lambdactl.model_configuration import Configuration, Setting

Area = Literal["code", "configuration", "layers", "environment"]
Change = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """``before`` and ``after`` are None where there is nothing, and where the value is masked."""

    area: Area
    name: str
    change: Change
    before: Setting = None
    after: Setting = None
    masked: bool = False


def compare(before: Configuration, after: Configuration) -> tuple[Difference, ...]:
    """Code, then what is set, then layers and environment by name; empty where all is equal."""
    return (
        *_settings("code", _code(before.version), _code(after.version)),
        *_settings("configuration", _configured(before), _configured(after)),
        *_layers(before.version, after.version),
        *_environment(before.environment, after.environment),
    )


def _code(version: Version) -> dict[str, Setting]:
    return {
        "CodeSha256": version.code_sha256,
        "CodeSize": version.code_size,
        "PackageType": version.package_type,
        "Handler": version.handler,
        "Runtime": version.runtime,
        "Architectures": ", ".join(version.architectures) or None,
    }


def _configured(configuration: Configuration) -> dict[str, Setting]:
    version = configuration.version
    return {
        "MemorySize": version.memory_mb,
        "Timeout": version.timeout_s,
        "Role": version.role,
        "DeadLetterConfig.TargetArn": version.dead_letter_arn,
        "Description": version.description,
        **dict(sorted(configuration.settings.items())),
    }


def _settings(
    area: Area, before: Mapping[str, Setting], after: Mapping[str, Setting]
) -> Iterator[Difference]:
    for name in dict.fromkeys((*before, *after)):
        was, becomes = before.get(name), after.get(name)
        if was != becomes:
            yield Difference(area, name, _change(was, becomes), was, becomes)


def _change(was: Setting, becomes: Setting) -> Change:
    if was in (None, ""):
        return "added"
    return "removed" if becomes in (None, "") else "changed"


def _layers(before: Version, after: Version) -> Iterator[Difference]:
    """A layer is the same one in another version where only its number differs."""
    was, becomes = _by_layer(before), _by_layer(after)
    for name in dict.fromkeys((*was, *becomes)):
        if was.get(name) != becomes.get(name):
            old, new = was.get(name), becomes.get(name)
            yield Difference("layers", name, _change(old, new), old, new)
    if list(was) != list(becomes) and sorted(was) == sorted(becomes):
        yield Difference("layers", "order", "changed", ", ".join(was), ", ".join(becomes))


def _by_layer(version: Version) -> dict[str, str]:
    """``arn:...:layer:name`` -> its version's number."""
    parted = (arn.rpartition(":") for arn in version.layers)
    return {name: number for name, _, number in parted}


def _environment(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for name in sorted({*before, *after}):
        was, becomes = before.get(name), after.get(name)
        if was != becomes:
            yield Difference("environment", name, _change(was, becomes), masked=True)
