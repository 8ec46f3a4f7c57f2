"""What an alarm makes of its newest periods: M of N, and the four treatments of missing data.

CloudWatch looks at more periods than the alarm evaluates, takes the newest that have data, and only
where those are too few fills up with the treatment of missing data. Source: the CloudWatch User
Guide, "Configuring how CloudWatch alarms treat missing data".
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

from lambdactl.model_history import AlarmRule

SIGNS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
EXTRA = 2
"""Periods that CloudWatch looks back beyond those it evaluates."""


def is_alarm(rule: AlarmRule, newest_last: Sequence[float | None]) -> bool:
    """Whether these periods put the alarm into ALARM from any other state.

    ``newest_last`` may be as long as it likes; only the evaluation range of it is looked at.
    """
    breaches = SIGNS[rule.comparison]
    seen = newest_last[-(rule.periods + EXTRA) :]
    real = [v for v in reversed(seen) if v is not None][: rule.periods]
    red = sum(breaches(v, rule.threshold) for v in real)
    missing = rule.periods - len(real)
    if rule.treat_missing == "breaching":
        return red + missing >= rule.to_alarm
    if rule.treat_missing == "missing" and real and missing and red == len(real):
        # All there is breaches: enough only if the first breach is old enough.
        oldest = next(age for age, v in enumerate(seen) if v is not None)
        return red >= rule.to_alarm or len(seen) - oldest >= rule.to_alarm
    return red >= rule.to_alarm
