"""What an alarm does when its state changes: it tells an SNS topic, or invokes a function.

What else it could be told to do (EC2, Auto Scaling, Systems Manager) has nothing to act on here;
the history says that it failed, as it says of every action how it ended. [M DescribeAlarmHistory;
the message and the event as AWS documents them, D]
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.clock import Process, stamp
from lambdactl.sandbox.cloudwatch.records import ACTIONS, Alarm, AlarmBook

_CALLER = "lambda.alarms.cloudwatch.amazonaws.com"
"""The principal that a function's policy must let in."""
_REGIONS = {"us-east-1": "US East (N. Virginia)"}
_TRIGGER = ("Period", "EvaluationPeriods", "DatapointsToAlarm", "ComparisonOperator", "Threshold")


class Actions:
    """Takes the actions of every alarm in ``book`` that changes."""

    def __init__(self, account: Account, book: AlarmBook) -> None:
        self._account = account
        self._book = book
        book.changed.append(self._after)

    def _after(self, alarm: Alarm, before: Mapping[str, Any]) -> None:
        """Not at once: the account is locked while a state changes, and an action asks others."""
        if not alarm.settings.get("ActionsEnabled", True):
            return
        region, account = self._account.region, self._account.id
        event = _event(alarm, before, account, region)
        message = _message(alarm, before, account, _REGIONS.get(region, region))
        for arn in alarm.settings.get(ACTIONS[alarm.state]) or ():
            content = event if ":lambda:" in arn else message
            self._account.clock.spawn(self._take(alarm, arn, content, alarm.transitioned))

    def _take(self, alarm: Alarm, arn: str, content: dict[str, Any], changed: float) -> Process:
        text = json.dumps(content, separators=(",", ":"))
        try:
            self._deliver(alarm, arn, text)
        except ApiError as error:
            failure: str | None = error.message
        else:
            failure = None
        done = "Failed to execute" if failure else "Successfully executed"
        data = {
            "actionState": "Failed" if failure else "Succeeded",
            "stateUpdateTimestamp": int(changed * 1000),
            "notificationResource": arn,
            "publishedMessage": text,
            "error": failure,
        }
        with self._account.lock:
            self._book.note(alarm, "Action", f"{done} action {arn}", data)
        yield from ()

    def _deliver(self, alarm: Alarm, arn: str, text: str) -> None:
        match arn.split(":")[2]:
            case "sns":
                place = _REGIONS.get(self._account.region, self._account.region)
                subject = f'{alarm.state}: "{alarm.name}" in {place}'[:100]
                params = {"TopicArn": arn, "Subject": subject, "Message": text}
                self._account.call("sns", "Publish", params)
            case "lambda":
                self._check_let_in(arn)
                invoke = {"FunctionName": arn, "InvocationType": "Event", "Payload": text.encode()}
                self._account.call("lambda", "Invoke", invoke)
            case other:
                raise ApiError("NotImplemented", f"The sandbox takes no actions of {other}.", 501)

    def _check_let_in(self, arn: str) -> None:
        try:
            policy = json.loads(
                self._account.call("lambda", "GetPolicy", {"FunctionName": arn})["Policy"]
            )
        except ApiError as error:
            if error.status != 404:
                raise
            policy = {"Statement": []}
        principals = [statement["Principal"] for statement in policy["Statement"]]
        if "*" not in principals and {"Service": _CALLER} not in principals:
            raise ApiError(
                "AccessDeniedException",
                "CloudWatch Alarms is not authorized to perform: lambda:InvokeFunction on the "
                "resource because no resource-based policy allows the lambda:InvokeFunction action",
                403,
            )


def _message(alarm: Alarm, before: Mapping[str, Any], account: str, place: str) -> dict[str, Any]:
    """What a topic is told."""
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.settings.get("AlarmDescription"),
        "AWSAccountId": account,
        "AlarmConfigurationUpdatedTimestamp": stamp(alarm.configured),
        "NewStateValue": alarm.state,
        "NewStateReason": alarm.reason,
        "StateChangeTime": stamp(alarm.transitioned),
        "Region": place,
        "AlarmArn": alarm.arn,
        "OldStateValue": before["stateValue"],
        **{kind: alarm.settings.get(kind) or [] for kind in ACTIONS.values()},
        **_cause(alarm.settings),
    }


def _cause(settings: Mapping[str, Any]) -> dict[str, Any]:
    if "AlarmRule" in settings:
        return {"AlarmRule": settings["AlarmRule"]}
    trigger = {name: settings[name] for name in _TRIGGER if name in settings}
    trigger["TreatMissingData"] = settings.get("TreatMissingData", "missing")
    if "Metrics" in settings:
        return {"Trigger": {**trigger, "Metrics": settings["Metrics"]}}
    kind = "Statistic" if "Statistic" in settings else "ExtendedStatistic"
    named = {"MetricName": settings["MetricName"], "Namespace": settings["Namespace"]}
    stat = settings[kind].upper() if kind == "Statistic" else settings[kind]
    dimensions = [
        {"value": each["Value"], "name": each["Name"]} for each in settings.get("Dimensions") or ()
    ]
    asked = {"StatisticType": kind, kind: stat, "Unit": settings.get("Unit")}
    return {"Trigger": {**named, **asked, "Dimensions": dimensions, **trigger}}


def _event(alarm: Alarm, before: Mapping[str, Any], account: str, region: str) -> dict[str, Any]:
    """What a function is invoked with."""
    configuration = {"description": alarm.settings.get("AlarmDescription")}
    if "AlarmRule" in alarm.settings:
        configuration["alarmRule"] = alarm.settings["AlarmRule"]
    return {
        "source": "aws.cloudwatch",
        "alarmArn": alarm.arn,
        "accountId": account,
        "time": stamp(alarm.transitioned),
        "region": region,
        "alarmData": {
            "alarmName": alarm.name,
            "state": {
                "value": alarm.state,
                "reason": alarm.reason,
                "reasonData": alarm.reason_data,
                "timestamp": stamp(alarm.transitioned),
            },
            "previousState": {
                "value": before["stateValue"],
                "reason": before["stateReason"],
                "timestamp": stamp(before["at"]),
            },
            "configuration": configuration,
        },
    }
