"""Two versions of a function, read and compared."""

from __future__ import annotations

from dataclasses import dataclass

from lambdactl.aws import Aws
from lambdactl.model import Snapshot
from lambdactl.model_configuration import Configuration
from lambdactl.plan.compare import Difference, compare


@dataclass(frozen=True, slots=True)
class Compared:
    """``before`` and ``after`` are two versions of ``function``."""

    function: str
    before: Configuration
    after: Configuration
    differences: tuple[Difference, ...]

    @property
    def pair(self) -> tuple[int, int]:
        return self.before.version.number, self.after.version.number

    @property
    def unknown(self) -> tuple[str, ...]:
        """What nothing can be said of: an environment that could not be read."""
        return tuple(
            f"the environment of {one.version.label} could not be read:"
            f" {one.environment_error}; nothing is said of it"
            for one in (self.before, self.after)
            if one.environment_error is not None
        )


def compared(aws: Aws, function: str, before: int, after: int) -> Compared:
    """Two calls. NotFound where one of the versions is gone."""
    a = aws.configuration(function, before)
    b = aws.configuration(function, after)
    return Compared(function, a, b, compare(a, b))


def pair_to_compare(snapshot: Snapshot) -> tuple[int, int] | None:
    """Stable and canary; without a split the newest version and the one that it would replace."""
    routing = snapshot.alias.routing if snapshot.alias else None
    if routing is not None and routing.stable is not None and routing.canary is not None:
        return routing.stable, routing.canary
    numbers = [v.number for v in snapshot.versions]
    if not numbers:
        return None
    newest = numbers[-1]
    stable = routing.stable if routing else None
    if stable is not None and stable < newest and stable in numbers:
        return stable, newest
    return (numbers[-2], newest) if len(numbers) > 1 else None
