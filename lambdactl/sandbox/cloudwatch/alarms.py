"""The operations on alarms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.cloudwatch.checks import check_actions, check_alarm, invalid
from lambdactl.sandbox.cloudwatch.composite import children, look_again, parents, parse_rule
from lambdactl.sandbox.cloudwatch.questions import dimensions_of
from lambdactl.sandbox.cloudwatch.reading import read_token, write_token
from lambdactl.sandbox.cloudwatch.records import ACTIONS, Alarm, AlarmBook, Kind
from lambdactl.sandbox.tags import TagBook

PAGE = 50
"""Alarms of one answer where MaxRecords is not given. [?]"""
_ANSWERS = {"MetricAlarm": "MetricAlarms", "CompositeAlarm": "CompositeAlarms"}


class Alarms:
    """PutMetricAlarm, PutCompositeAlarm, DescribeAlarms and what goes with them."""

    account: Account
    book: AlarmBook
    tags: TagBook

    def put_metric_alarm(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            check_alarm(params)
            check_actions(params)
            self._save("MetricAlarm", params)
        return {}

    def put_composite_alarm(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            check_actions(params)
            named = list(dict.fromkeys(children(parse_rule(params["AlarmRule"]))))
            unknown = [name for name in named if name not in self.book.alarms]
            if unknown:
                raise invalid(
                    f"Could not save the composite alarm as alarms [{', '.join(unknown)}] in the "
                    "alarm rule do not exist"
                )
            look_again(self.book, self._save("CompositeAlarm", params), None)
        return {}

    def _save(self, kind: Kind, params: dict[str, Any]) -> Alarm:
        known = self.book.alarms.get(params["AlarmName"])
        if known is not None and known.kind != kind:
            raise invalid(f"An alarm of another type is called {known.name} already.")
        settings = {name: value for name, value in params.items() if name != "Tags"}
        alarm = self.book.put(kind, settings)
        if known is None:
            self.tags.add(alarm.arn, params.get("Tags") or ())
        return alarm

    def describe_alarms(self, params: dict[str, Any]) -> dict[str, Any]:
        """Metric alarms only, unless AlarmTypes asks for others [M]; by name [?]."""
        with self.account.lock:
            for relation in ("ChildrenOfAlarmName", "ParentsOfAlarmName"):
                if relation in params:
                    return self._related(params, relation)
            if "AlarmNames" in params and "AlarmNamePrefix" in params:
                raise invalid("AlarmNames and AlarmNamePrefix must not be specified together.")
            found = sorted(self._matching(params), key=lambda alarm: alarm.name)
            first = read_token(params)
            last = first + (
                params.get("MaxRecords") or max(PAGE, len(params.get("AlarmNames", ())))
            )
            output: dict[str, Any] = {"MetricAlarms": [], "CompositeAlarms": []}
            for alarm in found[first:last]:
                output[_ANSWERS[alarm.kind]].append(alarm.described())
            if last < len(found):
                output["NextToken"] = write_token(last)
            return output

    def _matching(self, params: dict[str, Any]) -> Iterator[Alarm]:
        kinds = params.get("AlarmTypes") or ["MetricAlarm"]
        names, prefix = params.get("AlarmNames"), params.get("AlarmNamePrefix", "")
        action = params.get("ActionPrefix")
        for alarm in self.book.alarms.values():
            if alarm.kind not in kinds or not alarm.name.startswith(prefix):
                continue
            if names and alarm.name not in names:
                continue
            if params.get("StateValue", alarm.state) != alarm.state:
                continue
            if action is None or any(arn.startswith(action) for arn in _actions(alarm)):
                yield alarm

    def _related(self, params: dict[str, Any], relation: str) -> dict[str, Any]:
        if set(params) - {relation, "MaxRecords", "NextToken"}:
            raise invalid(f"{relation} can only be used with MaxRecords and NextToken.")
        named = self.book.alarms.get(params[relation])
        output: dict[str, Any] = {"MetricAlarms": [], "CompositeAlarms": []}
        if named is None:
            return output
        if relation == "ParentsOfAlarmName":
            members = ["AlarmName", "AlarmArn"]
            related = parents(self.book, named.name)
        else:
            members = ["AlarmName", "AlarmArn", "StateValue", "StateUpdatedTimestamp"]
            rule = named.settings.get("AlarmRule", "FALSE")
            related = [self.book.alarms[name] for name in sorted(set(children(parse_rule(rule))))]
        for alarm in related:
            told = alarm.described()
            output[_ANSWERS[alarm.kind]].append({member: told[member] for member in members})
        return output

    def describe_alarms_for_metric(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            found = (
                alarm.described()
                for alarm in self.book.alarms.values()
                if alarm.kind == "MetricAlarm" and _is_on(alarm.settings, params)
            )
            return {"MetricAlarms": sorted(found, key=lambda told: str(told["AlarmName"]))}

    def describe_alarm_history(self, params: dict[str, Any]) -> dict[str, Any]:
        """Newest first. Metric alarms only, unless AlarmTypes or AlarmName ask for others. [M]"""
        with self.account.lock:
            items = [item for item in self.book.history if _is_asked_for(item, params)]
        if params.get("ScanBy", "TimestampDescending") == "TimestampDescending":
            items.reverse()
        first = read_token(params)
        last = first + (params.get("MaxRecords") or 100)
        output: dict[str, Any] = {
            "AlarmHistoryItems": [item.described() for item in items[first:last]]
        }
        if last < len(items):
            output["NextToken"] = write_token(last)
        return output

    def set_alarm_state(self, params: dict[str, Any]) -> dict[str, Any]:
        """The next evaluation puts a metric alarm back into its actual state. [M]"""
        with self.account.lock:
            alarm = self.book.alarms.get(params["AlarmName"])
            if alarm is None:
                raise ApiError("ResourceNotFound", f"Unknown alarm {params['AlarmName']}.", 404)
            data = params.get("StateReasonData")
            self.book.change(alarm, params["StateValue"], params["StateReason"], data)
        return {}

    def delete_alarms(self, params: dict[str, Any]) -> dict[str, Any]:
        """Names that do not exist are passed over. [M]"""
        with self.account.lock:
            known = [self.book.alarms[n] for n in params["AlarmNames"] if n in self.book.alarms]
            if sum(alarm.kind == "CompositeAlarm" for alarm in known) > 1:
                raise invalid("More than one composite alarm cannot be deleted at once.")
            leaving = {alarm.name for alarm in known}
            for alarm in known:
                self._check_unused(alarm, leaving)
            for alarm in known:
                self.book.delete(alarm.name)
                self.tags.forget(alarm.arn)
        return {}

    def _check_unused(self, alarm: Alarm, leaving: set[str]) -> None:
        users = [p.name for p in parents(self.book, alarm.name) if p.name not in leaving]
        if users:
            raise invalid(
                f"Cannot delete {alarm.name} as there are composite alarm(s) depending on it: "
                f"{', '.join(users)}"
            )

    def enable_alarm_actions(self, params: dict[str, Any]) -> dict[str, Any]:
        return self._set_actions(params["AlarmNames"], enabled=True)

    def disable_alarm_actions(self, params: dict[str, Any]) -> dict[str, Any]:
        return self._set_actions(params["AlarmNames"], enabled=False)

    def _set_actions(self, names: list[str], *, enabled: bool) -> dict[str, Any]:
        with self.account.lock:
            for name in names:
                if alarm := self.book.alarms.get(name):
                    alarm.settings["ActionsEnabled"] = enabled
        return {}


def _actions(alarm: Alarm) -> Iterator[str]:
    for kind in ACTIONS.values():
        yield from alarm.settings.get(kind) or ()


def _is_on(settings: dict[str, Any], params: dict[str, Any]) -> bool:
    """Whether an alarm watches exactly this metric. Expressions are not looked into."""
    if "MetricName" not in settings:
        return False
    for name in ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit"):
        if name in params and params[name] != settings.get(name):
            return False
    return dimensions_of(params.get("Dimensions")) == dimensions_of(settings.get("Dimensions"))


def _is_asked_for(item: Any, params: dict[str, Any]) -> bool:
    name = params.get("AlarmName")
    kinds = params.get("AlarmTypes") or (None if name else ["MetricAlarm"])
    if (name is not None and item.alarm != name) or (kinds and item.kind not in kinds):
        return False
    if params.get("HistoryItemType", item.type) != item.type:
        return False
    start, end = params.get("StartDate"), params.get("EndDate")
    if start is not None and item.at < start.timestamp():
        return False
    return end is None or bool(item.at <= end.timestamp())
