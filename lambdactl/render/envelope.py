"""The outside of every JSON answer: what it is, and which account, region and alias it is about.

It stands alone, so that a command of one call does not import every kind of answer there is.
"""

from __future__ import annotations

from typing import Any

from lambdactl.model import Place, Target

API_VERSION = "lambdactl/v1"
Document = dict[str, Any]


def envelope(
    kind: str, data: object, *, place: Place | None, target: Target | None = None
) -> Document:
    """The outside of every answer: what it is, and which account, region and alias it is about.

    ``place`` is None where AWS has not said which account answers.
    """
    parts = ("account_id", "region", "partition", "endpoint")
    context: Document = {part: getattr(place, part, None) for part in parts}
    if target is not None:
        context |= {"function": target.function, "alias": target.alias}
    return {"apiVersion": API_VERSION, "kind": kind, "context": context, "data": data}
