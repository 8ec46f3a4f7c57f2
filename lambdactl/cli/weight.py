"""``--weight``: per cent, and nothing that could be read two ways.

Lambda's own API takes 0.0 to 1.0, so a bare number between 0 and 1 might mean either.
"""

from __future__ import annotations

import math

from lambdactl.errors import UsageError


def parse_weight(text: str, *, option: str = "--weight") -> float:
    """``10``, ``10%``, ``0.1%`` in per cent. Raises UsageError."""
    number = text.strip()
    unit = number.endswith("%")
    try:
        weight = float(number.removesuffix("%"))
    except ValueError:
        weight = math.nan
    if math.isnan(weight):
        raise UsageError(
            f"{option} {text!r} is not a number", hint=f"give it in per cent: {option} 10"
        )
    if not 0.0 <= weight <= 100.0:
        raise UsageError(
            f"{option} {text} is out of range", hint="give it in per cent, from 0 to 100"
        )
    if 0.0 < weight < 1.0 and not unit:
        raise UsageError(
            f"{option} {text} can be read two ways",
            why=f"as {weight * 100:.10g} per cent, in Lambda's own 0 to 1, or as"
            f" {weight:.10g} per cent",
            hint=f"{option} {weight * 100:.10g}   or   {option} {weight:.10g}%",
        )
    return weight
