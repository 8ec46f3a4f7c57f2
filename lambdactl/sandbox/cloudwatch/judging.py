"""How an alarm's datapoints become its state. Pure: no clock, no store.

CloudWatch looks at more periods than an alarm evaluates (the evaluation range), takes the newest
real datapoints, and fills up with the treatment of missing data only where there are too few.
Source: the CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data", whose two
tables are the tests of this file. [D]
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
Treatment = Literal["missing", "ignore", "breaching", "notBreaching"]

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True, slots=True)
class Slot:
    """One period of the evaluation range; ``value`` is None where there is no data."""

    at: float
    value: float | None = None
    samples: float | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    comparison: str
    threshold: float
    periods: int
    to_alarm: int
    treatment: Treatment = "missing"
    out_of: bool = False
    """Whether DatapointsToAlarm was given: the reason is worded differently."""

    def breached_by(self, value: float) -> bool:
        return COMPARISONS[self.comparison](value, self.threshold)


@dataclass(frozen=True, slots=True)
class Decision:
    """``state`` None keeps the state. ``slots`` are those evaluated, newest first, with the
    ``filled`` ones that had no data at the end."""

    state: State | None
    slots: tuple[Slot, ...]
    filled: int

    @property
    def real(self) -> tuple[Slot, ...]:
        return tuple(slot for slot in self.slots if slot.value is not None)


def evaluation_range(periods: int, period: int) -> int:
    """How many periods CloudWatch looks back.

    Two more than it evaluates: 5 for 3 in the guide [D], and 3 for 1 where an alarm over 900 s was
    measured to recover 46 minutes after its last datapoint [V]. Alarms over a minute stay red for
    five minutes after the last breach [I seek-oss/skuba 1637], so 5 at least there. [?]
    """
    return max(periods + 2, 5) if period <= 60 else periods + 2


def judge(rule: Rule, slots: Sequence[Slot]) -> Decision:
    """What ``slots`` (oldest first, one for every period of the range) say of an alarm."""
    newest_first = tuple(reversed(slots))
    real = [slot for slot in newest_first if slot.value is not None]
    if len(real) >= rule.periods:
        evaluated = tuple(real[: rule.periods])
        state: State = "ALARM" if _breaches(rule, evaluated) >= rule.to_alarm else "OK"
        return Decision(state, evaluated, 0)
    filled = rule.periods - len(real)
    gaps = [slot for slot in newest_first if slot.value is None][:filled]
    return Decision(_with_gaps(rule, newest_first, filled), (*real, *gaps), filled)


def _with_gaps(rule: Rule, newest_first: Sequence[Slot], filled: int) -> State | None:
    breaches = _breaches(rule, newest_first)
    if rule.treatment == "breaching":
        breaches += filled
    if breaches >= rule.to_alarm:
        return "ALARM"
    if rule.treatment in ("breaching", "notBreaching"):
        return "OK"
    ages = [age for age, slot in enumerate(newest_first, 1) if slot.value is not None]
    if not ages:
        return "INSUFFICIENT_DATA" if rule.treatment == "missing" else None
    if breaches < len(ages):
        return "OK"
    return _premature(rule, ages[-1])


def _premature(rule: Rule, oldest: int) -> State | None:
    """All there is breaches, but it is too little: red only if the first breach is old enough. [D]

    Younger ones leave the state as it is. [?]
    """
    return "ALARM" if rule.treatment == "missing" and oldest >= rule.to_alarm else None


def _breaches(rule: Rule, slots: Sequence[Slot]) -> int:
    return sum(slot.value is not None and rule.breached_by(slot.value) for slot in slots)


def too_few_samples(percent: float, slots: Sequence[Slot]) -> bool:
    """Whether a percentile of these datapoints says too little. [D]"""
    share = percent / 100.0
    tail = 1.0 - share if share >= 0.5 else share
    needed = round(10.0 / tail, 6) if tail else float("inf")
    return any(slot.samples is not None and slot.samples < needed for slot in slots)
