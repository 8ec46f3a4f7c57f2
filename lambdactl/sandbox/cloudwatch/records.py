"""An alarm, its history, and the book that holds all of them."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.cloudwatch.judging import State
from lambdactl.sandbox.cloudwatch.wording import INITIAL, stamp

Kind = Literal["MetricAlarm", "CompositeAlarm"]
_ACTIONS = ("OKActions", "AlarmActions", "InsufficientDataActions")
KEPT = 20_000
"""History items kept, the oldest are dropped first. AWS keeps 30 days. [M]"""


@dataclass(slots=True)
class Alarm:
    """``settings`` are the members it was put with. Times are UNIX timestamps of the account."""

    name: str
    arn: str
    kind: Kind
    settings: dict[str, Any]
    configured: float
    updated: float
    transitioned: float
    state: State = "INSUFFICIENT_DATA"
    reason: str = INITIAL
    reason_data: str | None = None
    failure: str | None = None
    """Why it could not be evaluated the last time."""

    def described(self) -> dict[str, Any]:
        """As DescribeAlarms answers it."""
        defaults: dict[str, Any] = {"ActionsEnabled": True, **{name: [] for name in _ACTIONS}}
        if "MetricName" in self.settings:
            defaults["Dimensions"] = []
        output = {
            **defaults,
            **self.settings,
            "AlarmArn": self.arn,
            "AlarmConfigurationUpdatedTimestamp": _utc(self.configured),
            "StateValue": self.state,
            "StateReason": self.reason,
            "StateUpdatedTimestamp": _utc(self.updated),
            "StateTransitionedTimestamp": _utc(self.transitioned),
        }
        if self.reason_data is not None:
            output["StateReasonData"] = self.reason_data
        if self.failure is not None:
            output["EvaluationState"] = "EVALUATION_ERROR"
        return output

    def state_record(self) -> dict[str, Any]:
        """As the history keeps it."""
        record: dict[str, Any] = {"stateValue": self.state, "stateReason": self.reason}
        if self.reason_data is not None:
            record["stateReasonData"] = _as_json(self.reason_data)
        return record


@dataclass(frozen=True, slots=True)
class HistoryItem:
    at: float
    alarm: str
    kind: Kind
    type: Literal["ConfigurationUpdate", "StateUpdate"]
    summary: str
    data: dict[str, Any]

    def described(self) -> dict[str, Any]:
        return {
            "AlarmName": self.alarm,
            "AlarmType": self.kind,
            "Timestamp": _utc(self.at),
            "HistoryItemType": self.type,
            "HistorySummary": self.summary,
            "HistoryData": json.dumps(self.data, separators=(",", ":")),
        }


class AlarmBook:
    """All alarms by name, and what happened to them, oldest first.

    ``on_change`` is told of every alarm whose state has changed.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self.alarms: dict[str, Alarm] = {}
        self.history: deque[HistoryItem] = deque(maxlen=KEPT)
        self.on_change: Callable[[Alarm], None] = lambda _alarm: None

    def put(self, kind: Kind, settings: dict[str, Any]) -> Alarm:
        """Make an alarm, or give the one of this name new settings; its state stays."""
        now, name = self._account.clock.now(), settings["AlarmName"]
        alarm = self.alarms.get(name)
        if alarm is None:
            arn = self._account.arn("cloudwatch", f"alarm:{name}")
            alarm = self.alarms[name] = Alarm(name, arn, kind, settings, now, now, now)
            self._configuration(alarm, "created", "Create")
        else:
            alarm.settings, alarm.configured = settings, now
            self._configuration(alarm, "updated", "Update")
        return alarm

    def delete(self, name: str) -> None:
        if alarm := self.alarms.pop(name, None):
            self._configuration(alarm, "deleted", "Delete")

    def change(
        self, alarm: Alarm, state: State, reason: str, reason_data: str | None = None
    ) -> None:
        """Put ``alarm`` into ``state``; nothing is written down where it is in it already."""
        now, before = self._account.clock.now(), alarm.state_record()
        changed = alarm.state != state
        alarm.state, alarm.reason, alarm.reason_data = state, reason, reason_data
        alarm.updated = now
        if not changed:
            return
        alarm.transitioned = now
        summary = f"Alarm updated from {before['stateValue']} to {state}"
        data = {"version": "1.0", "oldState": before, "newState": alarm.state_record()}
        self.history.append(HistoryItem(now, alarm.name, alarm.kind, "StateUpdate", summary, data))
        self.on_change(alarm)

    def _configuration(self, alarm: Alarm, done: str, type_: str) -> None:
        now = self._account.clock.now()
        subject = {"Create": "createdAlarm", "Update": "updatedAlarm", "Delete": "deletedAlarm"}
        told = {"alarmName": alarm.name, "alarmArn": alarm.arn, **alarm.state_record()}
        told["alarmConfigurationUpdatedTimestamp"] = stamp(alarm.configured)
        data = {"version": "1.0", "type": type_, subject[type_]: told}
        summary = f'Alarm "{alarm.name}" {done}'
        item = HistoryItem(now, alarm.name, alarm.kind, "ConfigurationUpdate", summary, data)
        self.history.append(item)


def _utc(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _as_json(text: str) -> Any:
    """``text`` as JSON where it is JSON: SetAlarmState takes anything."""
    try:
        return json.loads(text)
    except ValueError:
        return text
