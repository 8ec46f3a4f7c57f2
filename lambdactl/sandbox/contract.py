"""Every answer held against the output shape of botocore's model, every request against its input.

A test double that answers with a member AWS does not have, or without one that AWS always sends,
teaches its users wrong things. With ``Door(strict=True)`` such an answer is an error instead of an
answer, and so is a request that one service makes to another and AWS would not understand. (What a
client sends is always checked, and refused in AWS's own words.)

Where the variable :data:`RECORD` names a file, every account of the process is strict and writes
its breaches down there: the tests run under it, the sandboxes that they start as processes of their
own do too, and the run fails if anything was written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.model import OperationModel

RECORD = "LAMBDACTL_SANDBOX_CONTRACT"
"""The variable that names the file for breaches; such an account is strict."""

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (datetime,),
    "blob": (bytes, bytearray),
    "list": (list, tuple),
    "map": (dict,),
    "structure": (dict,),
}

_BEYOND_THE_ENUM = {
    "ResourceStatus": frozenset(
        {
            "REVIEW_IN_PROGRESS",
            "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        }
    ),
    "ObjectVersionStorageClass": frozenset(
        {
            "DEEP_ARCHIVE",
            "GLACIER",
            "GLACIER_IR",
            "INTELLIGENT_TIERING",
            "ONEZONE_IA",
            "REDUCED_REDUNDANCY",
            "STANDARD_IA",
        }
    ),
}
"""What AWS says although its own model does not list it: a stack's events carry its statuses, and a
list of versions shows the class in which each object is stored."""


class ContractError(AssertionError):
    """An answer that AWS could not have given; the breaches are in the message."""


def check_output(model: OperationModel, output: Mapping[str, Any]) -> None:
    """Raise :class:`ContractError` unless ``output`` could have come from AWS."""
    found = list(breaches(model.output_shape, output))
    if found:
        raise ContractError(f"{model.name} answered {'; '.join(found)}")


def check_request(model: OperationModel, params: Mapping[str, Any]) -> None:
    """Raise :class:`ContractError` unless AWS would understand ``params``.

    Members that begin with an underscore are private between two services of the account.
    """
    told = {name: value for name, value in params.items() if not name.startswith("_")}
    found = list(breaches(model.input_shape, told))
    if found:
        raise ContractError(f"{model.name} was asked with {'; '.join(found)}")


def is_recorded() -> bool:
    return RECORD in os.environ


def write_down(breach: str) -> None:
    """Add a line to the file that :data:`RECORD` names, if it names one."""
    if name := os.environ.get(RECORD):
        with Path(name).open("a", encoding="utf-8") as record:
            record.write(f"{breach}\n")


def breaches(shape: Any, value: Any, path: str = "") -> Iterator[str]:
    """What is wrong with ``value``, one sentence each: unknown, missing, of the wrong type."""
    if shape is None:
        if value:
            yield f"{sorted(value)}, and the operation has no output"
        return
    if not _is_of(shape, value):
        yield f"{path or 'the output'} as {type(value).__name__}, which is a {shape.type_name}"
        return
    match shape.type_name:
        case "structure" if not shape.is_document_type:
            yield from _structure(shape, value, path)
        case "list":
            for index, item in enumerate(value):
                yield from breaches(shape.member, item, f"{path}[{index}]")
        case "map":
            for key, item in value.items():
                yield from breaches(shape.key, key, f"{path} key {key!r}")
                yield from breaches(shape.value, item, f"{path}[{key!r}]")
        case "timestamp" if value.tzinfo is None:
            yield f"{path} as a time without a zone"
        case "string" if getattr(shape, "enum", None) and value not in _allowed(shape):
            yield f"{path} as {value!r}, which is none of {', '.join(shape.enum)}"


def _allowed(shape: Any) -> frozenset[str]:
    return frozenset(shape.enum) | _BEYOND_THE_ENUM.get(shape.name, frozenset())


def _is_of(shape: Any, value: Any) -> bool:
    if isinstance(value, bool):
        return bool(shape.type_name == "boolean")
    if shape.type_name == "blob" and hasattr(value, "read"):
        return True
    return isinstance(value, _TYPES[shape.type_name])


def _structure(shape: Any, value: dict[str, Any], path: str) -> Iterator[str]:
    dot = f"{path}." if path else ""
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"no {dot}{name}, which is required"
    for name, item in value.items():
        if name not in shape.members:
            yield f"{dot}{name}, which is not a member of {shape.name}"
        elif item is not None:
            yield from breaches(shape.members[name], item, dot + name)
