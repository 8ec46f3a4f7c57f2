"""An alarm, its history, and the book that holds all of them."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.clock import moment, stamp
from lambdactl.sandbox.cloudwatch.judging import State
from lambdactl.sandbox.cloudwatch.wording import INITIAL

Kind = Literal["MetricAlarm", "CompositeAlarm"]
ACTIONS = {
    "OK": "OKActions",
    "ALARM": "AlarmActions",
    "INSUFFICIENT_DATA": "InsufficientDataActions",
}
"""Which member has the actions of a state."""
ItemType = Literal["ConfigurationUpdate", "StateUpdate", "Action"]
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
        defaults: dict[str, Any] = {
            "ActionsEnabled": True,
            **{name: [] for name in ACTIONS.values()},
        }
        if "MetricName" in self.settings:
            defaults["Dimensions"] = []
        output = {
            **defaults,
            **self.settings,
            "AlarmArn": self.arn,
            "AlarmConfigurationUpdatedTimestamp": moment(self.configured),
            "StateValue": self.state,
            "StateReason": self.reason,
            "StateUpdatedTimestamp": moment(self.updated),
            "StateTransitionedTimestamp": moment(self.transitioned),
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
    type: ItemType
    summary: str
    data: dict[str, Any]

    def described(self) -> dict[str, Any]:
        return {
            "AlarmName": self.alarm,
            "AlarmType": self.kind,
            "Timestamp": moment(self.at),
            "HistoryItemType": self.type,
            "HistorySummary": self.summary,
            "HistoryData": json.dumps(self.data, separators=(",", ":")),
        }


class AlarmBook:
    """All alarms by name, and what happened to them, oldest first.

    ``changed`` are told of every alarm whose state has changed, and what it was ``at`` which time.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self.alarms: dict[str, Alarm] = {}
        self.history: deque[HistoryItem] = deque(maxlen=KEPT)
        self.changed: list[Callable[[Alarm, Mapping[str, Any]], None]] = []

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
        now, before, since = self._account.clock.now(), alarm.state_record(), alarm.transitioned
        changed = alarm.state != state
        alarm.state, alarm.reason, alarm.reason_data = state, reason, reason_data
        alarm.updated = now
        if not changed:
            return
        alarm.transitioned = now
        summary = f"Alarm updated from {before['stateValue']} to {state}"
        data = {"version": "1.0", "oldState": before, "newState": alarm.state_record()}
        self.note(alarm, "StateUpdate", summary, data)
        for tell in self.changed:
            tell(alarm, {**before, "at": since})

    def note(self, alarm: Alarm, type_: ItemType, summary: str, data: dict[str, Any]) -> None:
        """Add to the history."""
        now = self._account.clock.now()
        self.history.append(HistoryItem(now, alarm.name, alarm.kind, type_, summary, data))

    def _configuration(self, alarm: Alarm, done: str, type_: str) -> None:
        subject = {"Create": "createdAlarm", "Update": "updatedAlarm", "Delete": "deletedAlarm"}
        told = {"alarmName": alarm.name, "alarmArn": alarm.arn, **alarm.state_record()}
        told["alarmConfigurationUpdatedTimestamp"] = stamp(alarm.configured)
        data = {"version": "1.0", "type": type_, subject[type_]: told}
        self.note(alarm, "ConfigurationUpdate", f'Alarm "{alarm.name}" {done}', data)


def _as_json(text: str) -> Any:
    """``text`` as JSON where it is JSON: SetAlarmState takes anything."""
    try:
        return json.loads(text)
    except ValueError:
        return text
