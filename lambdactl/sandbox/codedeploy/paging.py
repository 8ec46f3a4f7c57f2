"""Lists in pages of a hundred. [?: CodeDeploy does not say how long its pages are]

A token names the last item of the page before it, so that an item added between two pages neither
repeats nor hides another.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from lambdactl.sandbox.codedeploy.refusals import refused

PAGE = 100


def page(
    member: str, items: Sequence[str], params: Mapping[str, Any], *, token: str = "nextToken"
) -> dict[str, Any]:
    """The answer with this page of ``items`` as ``member``, and the token of the next."""
    first = 0
    if given := params.get(token):
        after = _read(given)
        if after not in items:
            raise refused("InvalidNextToken", "The next token was specified in an invalid format.")
        first = items.index(after) + 1
    chosen = list(items[first : first + PAGE])
    output: dict[str, Any] = {member: chosen}
    if first + PAGE < len(items):
        output[token] = base64.urlsafe_b64encode(chosen[-1].encode()).decode()
    return output


def _read(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token.encode()).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise refused("InvalidNextToken", "The next token is invalid.") from error
