"""A document as JSON, JSON lines, YAML, CSV or names.

Text that would steer a terminal is escaped in each format's own way, so that it is still the same
text to whoever parses it: ``\\u001b`` in JSON and YAML; in CSV and in names, which have no escapes,
it is written out as everywhere else. ``null`` is unknown in all of them, and empty in CSV.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lambdactl.render.visible import STEERING, visible

MACHINE = ("json", "jsonl", "yaml", "csv", "name")
"""The formats of ``--output`` that a program reads."""


def formatted(document: object, output: str, names: Sequence[str] = ()) -> str:
    """``document`` as text that ends with a newline, or empty where there is no record.

    ``names`` are what ``-o name`` prints; without them, what the records themselves are called.
    """
    match output:
        case "jsonl":
            return "".join(f"{_json(record)}\n" for record in records(document))
        case "yaml":
            return _yaml(document)
        case "csv":
            return _csv(records(document))
        case "name":
            return "".join(f"{visible(name)}\n" for name in names or names_of(document))
        case _:
            return f"{_json(document, indent=2)}\n"


def records(document: object) -> list[Any]:
    """One for each thing that was asked about: an envelope's rows, or the whole of it as one."""
    if isinstance(document, Mapping) and "apiVersion" in document:
        data = document["data"]
        return data if isinstance(data, list) else [document]
    return document if isinstance(document, list) else [document]


def names_of(document: object) -> list[str]:
    return [name for record in records(document) if (name := _name(record)) is not None]


def _name(record: object) -> str | None:
    if not isinstance(record, Mapping):
        return None if record is None else str(record)
    context = record.get("context")
    if isinstance(context, Mapping) and context.get("function"):
        return ":".join(str(context[k]) for k in ("function", "alias") if context.get(k))
    known = (record.get(key) for key in ("name", "id", "version", "function", "kind"))
    return next((str(value) for value in known if value is not None), None)


def _json(document: object, indent: int | None = None) -> str:
    text = json.dumps(document, indent=indent, ensure_ascii=False)
    # What is left outside strings is structure, and the only control character in it is newline.
    return STEERING.sub(lambda found: _escaped(found.group()), text)


def _escaped(character: str) -> str:
    return character if character == "\n" else f"\\u{ord(character):04x}"


def _yaml(document: object) -> str:
    import yaml

    drawn = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    if STEERING.search(drawn.replace("\n", "")):
        drawn = yaml.safe_dump(document, sort_keys=False, allow_unicode=False)
    return str(drawn)


def _csv(rows: Iterable[Any]) -> str:
    flat = [flattened(row) for row in rows]
    header = list(dict.fromkeys(key for row in flat for key in row))
    told = io.StringIO()
    if header:
        writer = csv.DictWriter(told, header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(flat)
    return told.getvalue()


def flattened(record: Any, prefix: str = "") -> dict[str, str]:
    """Nested objects as ``outer.inner``; a list is one cell of JSON."""
    if isinstance(record, Sequence) and not isinstance(record, str):
        record = {str(n): value for n, value in enumerate(record)}
    if not isinstance(record, Mapping):
        return {prefix or "value": _cell(record)}
    if "apiVersion" in record:
        record = record["data"] if isinstance(record["data"], Mapping) else record
    flat: dict[str, str] = {}
    for key, value in record.items():
        name = f"{prefix}.{key}" if prefix else str(key)
        flat |= flattened(value, name) if isinstance(value, Mapping) else {name: _cell(value)}
    return flat


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return visible(value)
    return json.dumps(value, ensure_ascii=True)
