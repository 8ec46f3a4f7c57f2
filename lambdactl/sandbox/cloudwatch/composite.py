"""Composite alarms: ``ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA(c))``.

A composite alarm is ALARM while its rule is true, OK while it is not, and looks again whenever an
alarm in its rule changes. [M PutCompositeAlarm]
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.clock import moment, stamp
from lambdactl.sandbox.cloudwatch.judging import State
from lambdactl.sandbox.cloudwatch.records import Alarm, AlarmBook

_TOKEN = re.compile(
    r"\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:\"(?P<quoted>[^\"]+)\"|"
    r"'(?P<single>[^']+)'|(?P<bare>[^\s()\"']+))\s*\)"
    r"|(?P<word>AND|OR|NOT|TRUE|FALSE)\b|(?P<mark>[()]))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """``state(alarm)``"""

    state: str
    alarm: str


@dataclass(frozen=True, slots=True)
class Constant:
    value: bool


@dataclass(frozen=True, slots=True)
class Not:
    inner: Rule


@dataclass(frozen=True, slots=True)
class Both:
    left: Rule
    right: Rule


@dataclass(frozen=True, slots=True)
class Either:
    left: Rule
    right: Rule


Rule = Claim | Constant | Not | Both | Either


def parse_rule(text: str) -> Rule:
    """The rule that ``text`` writes; ValidationError if it is none."""
    reader = _Reader(text)
    rule = reader.either()
    if reader.rest:
        raise _malformed(text)
    return rule


def holds(rule: Rule, state_of: Callable[[str], str]) -> bool:
    match rule:
        case Claim(state, alarm):
            return state_of(alarm) == state
        case Constant(value):
            return value
        case Not(inner):
            return not holds(inner, state_of)
        case Both(left, right):
            return holds(left, state_of) and holds(right, state_of)
        case Either(left, right):
            return holds(left, state_of) or holds(right, state_of)


def children(rule: Rule) -> Iterator[str]:
    """The names of the alarms in the rule, each as often as it is named."""
    match rule:
        case Claim(_, alarm):
            yield alarm
        case Not(inner):
            yield from children(inner)
        case Both(left, right) | Either(left, right):
            yield from children(left)
            yield from children(right)


def look_again(book: AlarmBook, alarm: Alarm, cause: Alarm | None) -> None:
    """Evaluate the composite ``alarm``; ``cause`` is the child that changed."""
    rule = parse_rule(alarm.settings["AlarmRule"])
    states = {name: book.alarms[name].state for name in children(rule) if name in book.alarms}
    red = holds(rule, lambda name: states.get(name, "INSUFFICIENT_DATA"))
    state: State = "ALARM" if red else "OK"
    if state == alarm.state:
        return
    told = cause or next((book.alarms[name] for name in states), None)
    if told is None:
        book.change(alarm, state, f"The rule is {str(red).upper()}")
        return
    when = moment(told.transitioned)
    reason = f"{told.arn} transitioned to {told.state} at {when:%A %d %B, %Y %H:%M:%S} UTC"
    trigger = {"value": told.state, "timestamp": stamp(told.transitioned)}
    data = {"triggeringAlarms": [{"arn": told.arn, "state": trigger}]}
    book.change(alarm, state, reason, json.dumps(data, separators=(",", ":")))


def parents(book: AlarmBook, name: str) -> list[Alarm]:
    """The composite alarms whose rules name the alarm."""
    return [
        alarm
        for alarm in book.alarms.values()
        if alarm.kind == "CompositeAlarm"
        and name in children(parse_rule(alarm.settings["AlarmRule"]))
    ]


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self.rest = text.strip()

    def either(self) -> Rule:
        rule = self._both()
        while self._take_word("OR"):
            rule = Either(rule, self._both())
        return rule

    def _both(self) -> Rule:
        rule = self._single()
        while self._take_word("AND"):
            rule = Both(rule, self._single())
        return rule

    def _single(self) -> Rule:
        found = self._match()
        self.rest = self.rest[found.end() :].strip()
        if state := found["state"]:
            name = found["quoted"] or found["single"] or found["bare"]
            return Claim(state.upper(), name.rpartition(":alarm:")[2])
        match (found["word"] or found["mark"]).upper():
            case "NOT":
                return Not(self._single())
            case "TRUE" | "FALSE" as word:
                return Constant(word == "TRUE")
            case "(":
                rule = self.either()
                if self._match()["mark"] != ")":
                    raise _malformed(self._text)
                self.rest = self.rest[1:].strip()
                return rule
        raise _malformed(self._text)

    def _take_word(self, word: str) -> bool:
        found = _TOKEN.match(self.rest)
        if found is None or (found["word"] or "").upper() != word:
            return False
        self.rest = self.rest[found.end() :].strip()
        return True

    def _match(self) -> re.Match[str]:
        found = _TOKEN.match(self.rest)
        if found is None:
            raise _malformed(self._text)
        return found


def _malformed(text: str) -> ApiError:
    return ApiError("ValidationError", f"AlarmRule is not a valid expression: {text}")
