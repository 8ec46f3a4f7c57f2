"""What is still held of the past: by AWS a week of traffic, an alarm's rule, its old states; by an
audit log the changes of an alias that were made from its machine.

Units as in :mod:`lambdactl.model`: rates are per cent, times UTC on AWS's clock, durations seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lambdactl.model import Alarm, Deployment, Routing


@dataclass(frozen=True, slots=True)
class Bucket:
    """Calls of one period of an alias, and how many of them failed."""

    start: datetime
    calls: float
    errors: float


@dataclass(frozen=True, slots=True)
class Traffic:
    """The traffic of one alias, oldest first, from the first period in which there was any."""

    since: datetime
    until: datetime
    period_s: int
    buckets: tuple[Bucket, ...]

    @property
    def calls(self) -> float:
        return sum(b.calls for b in self.buckets)

    @property
    def errors(self) -> float:
        return sum(b.errors for b in self.buckets)

    @property
    def error_rate(self) -> float | None:
        """Per cent of all calls that failed; None without a call."""
        return 100.0 * self.errors / self.calls if self.calls else None

    @property
    def calls_per_minute(self) -> tuple[float, ...]:
        """Of each period, oldest first."""
        return tuple(b.calls * 60.0 / self.period_s for b in self.buckets)


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric as an alarm names it; ``dimensions`` exactly as it gives them."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    stat: str
    period_s: int
    unit: str | None = None

    def dimension(self, name: str) -> str | None:
        return dict(self.dimensions).get(name)

    def without(self, name: str) -> Metric:
        """The same metric with one dimension less."""
        kept = tuple(d for d in self.dimensions if d[0] != name)
        return Metric(self.namespace, self.name, kept, self.stat, self.period_s, self.unit)


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """The rule of an alarm: a metric or an expression over metrics, M of N, missing data."""

    alarm: Alarm
    comparison: str
    threshold: float
    periods: int
    to_alarm: int
    treat_missing: str
    """missing, ignore, breaching, notBreaching."""
    period_s: int
    metrics: Mapping[str, Metric]
    """By the id that expressions use; the one of a plain metric alarm is ``m``."""
    expressions: Mapping[str, str]
    returned: str
    """The id of the metric or expression that the threshold is compared with."""
    unreadable: str | None = None
    """Why no rule can be told: a composite alarm, an anomaly band. Then the rest says nothing."""


@dataclass(frozen=True, slots=True)
class AlarmChange:
    """One entry of an alarm's history."""

    at: datetime
    name: str
    was: str | None
    became: str | None
    summary: str


@dataclass(frozen=True, slots=True)
class AliasChange:
    """A shift, promote, abort or rollback as the audit log of one machine has it."""

    id: str
    verb: str
    target: str
    began: datetime
    ended: datetime | None
    """None while it goes on, and where its process did not live to tell."""
    caller: str
    """An ARN."""
    host: str
    before: Routing | None
    asked: Routing | None
    reached: Routing | None
    """Where the alias was seen to be; None where it was not seen."""
    outcome: str
    """``done``, ``started`` while it goes on, else how it ended badly."""
    aws_code: str = ""
    command: str = ""
    reason: str = ""
    calls: tuple[str, ...] = ()
    """``UpdateAlias checkout:live``."""
    revision_ids: tuple[str, ...] = ()
    """The alias's before it and, where it moved, after it."""

    @property
    def stopped(self) -> str | None:
        """The id of the deployment that it stopped, or was to stop."""
        return next((c.partition(" ")[2] for c in self.calls if c.startswith("StopDeploy")), None)


@dataclass(frozen=True, slots=True)
class Carried:
    """A version that carried all traffic of an alias, and until when that is known."""

    version: int
    until: datetime
    source: str
    """``d-1 Succeeded``, ``measured by CloudWatch``."""


@dataclass(frozen=True, slots=True)
class Past:
    """What a rollback must know of an alias: who carried it, and who had to give it back."""

    carried: tuple[Carried, ...]
    """Newest first; a version may be in it more than once."""
    rolled_back: Mapping[int, str]
    """Version -> the deployment that was stopped, failed or rolled back while it was released."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The last deployment that moved an alias, which has ended, with the one it rolls back."""

    deployment: Deployment
    previous: Deployment | None = None


@dataclass(frozen=True, slots=True)
class Endings:
    """The last ending of each alias that had one a moment ago; why there may be others."""

    found: tuple[Ending, ...] = ()
    unread: str | None = None
