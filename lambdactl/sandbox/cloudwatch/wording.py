"""The reason for a state, in the sentences and the JSON that CloudWatch writes.

``Threshold Crossed: 1 datapoint [21.5 (26/10/23 16:42:00)] was greater than the threshold (2.0).``
Sources: snapshots that LocalStack's tests took of AWS, and the public ``describe-alarms`` outputs
of many projects. [V] Sentences that join datapoints with missing ones are made from these. [?]
"""

from __future__ import annotations

import json
from typing import Any

from lambdactl.sandbox.clock import moment, stamp
from lambdactl.sandbox.cloudwatch.judging import Decision, Rule, Slot, State

INITIAL = "Unchecked: Initial alarm creation"
_THAN = {
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "GreaterThanThreshold": "greater than",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}
_TREATED_AS = {"breaching": "Breaching", "notBreaching": "NonBreaching"}


def reason(rule: Rule, decision: Decision, state: State) -> str:
    """Why the alarm is in ``state``."""
    if state == "INSUFFICIENT_DATA":
        return f"Insufficient Data: {_count(decision.filled)} {_were(decision.filled)} unknown."
    parts = [_data(rule, decision.real, state) if decision.real else _no_data(rule)]
    if decision.filled and rule.treatment in _TREATED_AS:
        treated = _TREATED_AS[rule.treatment]
        missing = _count(decision.filled, "missing datapoint")
        parts.append(f"{missing} {_were(decision.filled)} treated as [{treated}]")
    return f"Threshold Crossed: {' and '.join(parts)}."


def _data(rule: Rule, real: tuple[Slot, ...], state: State) -> str:
    red = state == "ALARM"
    told = [s for s in real if s.value is not None and rule.breached_by(s.value) is red] or list(
        real
    )
    values = ", ".join(f"{slot.value} ({_date(slot.at)})" for slot in told)
    verb = f"{_were(len(told))} {'' if red else 'not '}{_THAN[rule.comparison]}"
    crossed = f"[{values}] {verb} the threshold ({rule.threshold})"
    if not rule.out_of:
        return f"{_count(len(told))} {crossed}"
    least = rule.to_alarm if red else rule.periods - rule.to_alarm + 1
    way = "OK -> ALARM" if red else "ALARM -> OK"
    return (
        f"{len(told)} out of the last {len(real)} datapoints {crossed} "
        f"(minimum {_count(least)} for {way} transition)"
    )


def _no_data(rule: Rule) -> str:
    return f"no datapoints were received for {_count(rule.periods, 'period')}"


def _count(number: int, noun: str = "datapoint") -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _date(at: float) -> str:
    return f"{moment(at):%d/%m/%y %H:%M:%S}"


def reason_data(
    rule: Rule,
    decision: Decision,
    queried: float,
    period: int,
    *,
    statistic: str | None = None,
    unit: str | None = None,
) -> str:
    """The JSON beside the reason. ``statistic`` is None for an alarm on an expression."""
    real = decision.real
    data: dict[str, Any] = {"version": "1.0", "queryDate": stamp(queried)}
    if real:
        data["startDate"] = stamp(min(slot.at for slot in real))
    if unit is not None:
        data["unit"] = unit
    if statistic is not None:
        data["statistic"] = statistic
    data |= {
        "period": period,
        "recentDatapoints": [slot.value for slot in reversed(real)],
        "threshold": rule.threshold,
        "evaluatedDatapoints": [_evaluated(slot) for slot in decision.slots],
    }
    return json.dumps(data, separators=(",", ":"))


def _evaluated(slot: Slot) -> dict[str, Any]:
    point: dict[str, Any] = {"timestamp": stamp(slot.at)}
    if slot.samples is not None:
        point["sampleCount"] = slot.samples
    if slot.value is not None:
        point["value"] = slot.value
    return point
