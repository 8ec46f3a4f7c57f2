"""Since when an alias routes as it does: AWS keeps no history of it, so it is known from looks.

Lambda stamps no alias with a time, and CodeDeploy knows only of what it moved itself. Who looks
again and again sees a shift happen, though, and the look that saw it first is no earlier than it.
"""

from __future__ import annotations

import threading
from datetime import datetime
from typing import NamedTuple

from lambdactl.model import Routing


class Since(NamedTuple):
    """None where it was so at the first look already."""

    split: datetime | None = None
    """Since when these two versions share the traffic, at the latest."""
    weight: datetime | None = None
    """Since when they share it by these weights, at the latest."""
    unsplit: datetime | None = None
    """The newest look at which these two did not share it yet."""


class KnownRouting:
    """The routing of one alias at the newest look, and since when it was seen."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._routing: Routing | None = None
        self._at: datetime | None = None
        self._since = Since()

    def see(self, routing: Routing, at: datetime) -> Since:
        """A look older than the newest one changes nothing, and is told what fits it."""
        with self._lock:
            before, newest = self._routing, self._at is None or at >= self._at
            if newest:
                self._since = after(before, routing, self._since, self._at, at)
                self._routing, self._at = routing, at
            return self._since if routing == self._routing else Since()


def after(
    before: Routing | None, now: Routing, since: Since, seen: datetime | None, at: datetime
) -> Since:
    """What is known once ``now`` was seen at ``at``, and ``before`` last at ``seen``."""
    if before is None or now == before:
        return since
    if sharing(now) == sharing(before):
        return since._replace(weight=at)
    return Since(at, at, seen)


def sharing(routing: Routing) -> frozenset[int | None]:
    """The versions that get calls: at weight 0 a canary is routed to, but nothing is split."""
    split = routing.split and routing.weight > 0.0
    return frozenset({routing.stable, routing.canary} if split else {routing.stable})
