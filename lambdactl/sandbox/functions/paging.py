"""Lists in pages: a marker names the last item of the page before it, so that a delete between two
pages neither skips an item nor repeats one."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lambdactl.sandbox.functions.refusals import invalid


def page_size(params: Mapping[str, Any], *, limit: int, default: int = 50) -> int:
    """How many items this page may have: what was asked for, ``limit`` at most."""
    return min(params.get("MaxItems") or min(default, limit), limit)


def write_marker(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


def read_marker(params: Mapping[str, Any]) -> str | None:
    """The key after which the page starts, None for the first page."""
    marker = params.get("Marker")
    if not marker:
        return None
    try:
        return base64.urlsafe_b64decode(marker.encode()).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise invalid(f"Invalid marker: {marker}") from error


def page(
    keys: Iterable[str], params: Mapping[str, Any], *, limit: int, default: int = 50
) -> tuple[Sequence[str], str | None]:
    """The keys of this page, in order, and the marker of the next."""
    ordered = sorted(keys)
    after = read_marker(params)
    first = 0 if after is None else bisect_right(ordered, after)
    size = page_size(params, limit=limit, default=default)
    chosen = ordered[first : first + size]
    more = first + size < len(ordered)
    return chosen, write_marker(chosen[-1]) if more else None


def with_next(output: dict[str, Any], marker: str | None) -> dict[str, Any]:
    if marker is not None:
        output["NextMarker"] = marker
    return output
