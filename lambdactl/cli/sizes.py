"""Bytes and ages as people type them: ``50GB``, ``30d``."""

from __future__ import annotations

import re

from lambdactl.cli.options import seconds
from lambdactl.errors import UsageError

UNITS = {"": 1, "B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4}
DAY_S = 86_400.0


def bytes_of(text: str) -> int:
    """``50GB``, ``512 MB``, by powers of 1,024 as Lambda's quotas are."""
    found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([KMGT]?I?B?)\s*", text.upper())
    unit = found[2].replace("I", "") if found else "?"
    unit = f"{unit}B" if unit and not unit.endswith("B") else unit
    if found is None or unit not in UNITS:
        raise UsageError(f"{text!r} is not a size", hint="write 50GB, 512MB or a number of bytes")
    return int(float(found[1]) * UNITS[unit])


def age_s(text: str) -> float:
    """``30d``, or what a time is: ``36h``, ``90m``, ``90s``; in seconds."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*(d|w)", text.strip())
    if found is None:
        return seconds(text.strip())
    return float(found[1]) * DAY_S * (7.0 if found[2] == "w" else 1.0)
