"""The story of a deployment, as a process on the account's clock.

::

    Created -> InProgress -> BeforeAllowTraffic -> AllowTraffic -> AfterAllowTraffic -> Succeeded
                  |                  |                  |                  |
                  `------------------`----- Ended ------`------------------`--> Failed or Stopped
                                                                                 `--> a rollback

Whenever it waits it looks, every second, whether somebody wants it to stop, and every ten, whether
an alarm is red: on AWS a deployment ended 12 to 23 s after its alarm was seen red. [V]
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Generator
from functools import partial
from typing import Any

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.clock import Process
from lambdactl.sandbox.codedeploy import endings
from lambdactl.sandbox.codedeploy.appspec import AppSpec, SpecError, parse_appspec
from lambdactl.sandbox.codedeploy.endings import Ended
from lambdactl.sandbox.codedeploy.records import (
    EVENTS,
    Deployment,
    HookRun,
    Lifecycle,
)
from lambdactl.sandbox.codedeploy.shifting import AsRole, Moved, is_throttle, read_alias, shift

TICK_S = 1.0
BEFORE_EVENTS_S = 2.0
"""From the start to the first hook. [V: 2 s]"""
ALARM_POLL_S = 10.0
HOOK_TIMEOUT_S = 3600.0
"""A hook that has not reported by then has failed. [D]"""
RETRIES_S = (1.0, 2.0, 4.0)
"""Waits after which a throttled call to Lambda is made again. AWS's are unknown. [?]"""

Waiting = Generator[float, None, None]
Content = Callable[[Deployment], str | None]


class Rollout:
    """Runs one deployment. ``ended`` is told when it is over, with what ended it, or None."""

    def __init__(
        self,
        account: Account,
        api: AsRole,
        deployment: Deployment,
        content: Content,
        ended: Callable[[Deployment, Ended | None], None],
    ) -> None:
        self._account = account
        self._api = api
        self._deployment = deployment
        self._content = content
        self._ended = ended
        self._next_poll = 0.0

    def run(self) -> Process:
        """The process. A deployment is Created for a second before it is InProgress."""
        yield TICK_S
        try:
            yield from self._begin()
            self._look()
            yield from self._wait(BEFORE_EVENTS_S)
            for event in EVENTS:
                yield from self._event(event)
        except Ended as ending:
            self._close(ending)
        else:
            self._succeed()

    def _succeed(self) -> None:
        deployment = self._deployment
        with self._account.lock:
            deployment.target_status = deployment.status = "Succeeded"
            deployment.completed = deployment.target_updated = self._now()
            self._ended(deployment, None)

    def _now(self) -> float:
        return self._account.clock.now()

    def _begin(self) -> Waiting:
        """Start, and see that AppSpec and alias fit together; until then there is no target. [I]"""
        deployment = self._deployment
        deployment.status, deployment.started = "InProgress", self._now()
        spec = deployment.spec if deployment.undoes else self._read_spec()
        assert spec is not None
        if deployment.undoes is None:
            yield from self._patiently(partial(self._check, spec))
        deployment.spec = spec
        deployment.events = tuple(Lifecycle(name) for name in EVENTS)
        deployment.target_status, deployment.target_updated = "InProgress", self._now()

    def _read_spec(self) -> AppSpec:
        content = self._content(self._deployment)
        if content is None:
            raise Ended("Failed", "REVISION_MISSING", "The revision of the deployment is missing.")
        try:
            return parse_appspec(content)
        except SpecError as error:
            raise endings.invalid_configuration(str(error)) from error

    def _check(self, spec: AppSpec) -> None:
        if spec.current == spec.target:
            raise endings.invalid_configuration()
        routing, _ = read_alias(self._api, self._deployment.role, spec)
        if routing.version != spec.current:
            raise endings.alias_elsewhere()
        if routing.weights:
            raise endings.invalid_configuration(
                "The Lambda function alias is configured to shift traffic between two versions."
            )
        self._deployment.routing = routing

    def _event(self, name: str) -> Waiting:
        event = self._deployment.event(name)
        event.status, event.started = "InProgress", self._now()
        if name == "AllowTraffic":
            yield from self._traffic()
        else:
            yield from self._hook(name)
        event.status, event.ended = "Succeeded", self._now()
        self._deployment.target_updated = self._now()

    def _hook(self, name: str) -> Waiting:
        """Run the hook of ``name`` and wait for its report. A rollback runs none. [V]"""
        deployment = self._deployment
        assert deployment.spec is not None
        function = deployment.spec.hooks.get(name)
        if function is None or deployment.undoes is not None:
            return
        run = HookRun(_execution_id(self._account), name)
        deployment.hooks[run.id] = run
        yield from self._patiently(lambda: self._invoke(function, run))
        yield from self._wait(HOOK_TIMEOUT_S, lambda: run.result is not None)
        if run.result != "Succeeded":
            raise endings.hook_failed(name, function, timed_out=run.result is None)

    def _invoke(self, function: str, run: HookRun) -> None:
        told = {"DeploymentId": self._deployment.id, "LifecycleEventHookExecutionId": run.id}
        params = {
            "FunctionName": function,
            "InvocationType": "Event",
            "Payload": json.dumps(told).encode(),
        }
        self._api.call("lambda", "Invoke", self._deployment.role, params)

    def _traffic(self) -> Waiting:
        deployment, began = self._deployment, self._now()
        for after, share in deployment.config.shifts():
            yield from self._wait(began + after - self._now())
            yield from self._patiently(partial(self._shift, share))

    def _shift(self, share: float) -> None:
        deployment = self._deployment
        try:
            deployment.routing = shift(self._api, deployment, share)
        except Moved as error:
            raise endings.alias_elsewhere() from error
        deployment.weight, deployment.target_updated = share, self._now()

    def _patiently(self, call: Callable[[], None]) -> Waiting:
        """Make a call to Lambda, again and again where it throttles."""
        for wait in (*RETRIES_S, None):
            try:
                call()
            except ApiError as error:
                if wait is None or not is_throttle(error):
                    raise endings.by_error(error, self._deployment.role) from error
                yield from self._wait(wait)
            else:
                return

    def _wait(self, seconds: float, done: Callable[[], bool] = lambda: False) -> Waiting:
        """Let ``seconds`` pass, or until ``done``; Ended if the deployment must not go on."""
        end = self._now() + seconds
        while not done() and (left := end - self._now()) > 0:
            yield min(TICK_S, left)
            self._look()

    def _look(self) -> None:
        if self._deployment.stop is not None:
            raise endings.stopped_by_hand()
        if self._now() >= self._next_poll:
            self._next_poll = self._now() + ALARM_POLL_S
            self._poll_alarms()

    def _poll_alarms(self) -> None:
        alarms = self._deployment.alarms
        names = [alarm["name"] for alarm in alarms.get("alarms") or ()]
        if not alarms.get("enabled") or not names:
            return
        role = self._deployment.role
        kinds = ["MetricAlarm", "CompositeAlarm"]
        try:
            found = self._api.call(
                "cloudwatch", "DescribeAlarms", role, {"AlarmNames": names, "AlarmTypes": kinds}
            )
        except ApiError as error:
            if not alarms.get("ignorePollAlarmFailure"):
                raise endings.unreadable_alarms(error, role) from error
            return
        self._judge_alarms(names, found, mind=not alarms.get("ignorePollAlarmFailure"))

    def _judge_alarms(self, names: list[str], found: dict[str, Any], *, mind: bool) -> None:
        listed = [*found.get("MetricAlarms", ()), *found.get("CompositeAlarms", ())]
        states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in listed}
        red = [name for name in names if states.get(name) == "ALARM"]
        if red:
            raise endings.alarm_active(red)
        missing = [name for name in names if name not in states]
        if missing and mind:
            raise endings.missing_alarms(missing)

    def _close(self, ending: Ended) -> None:
        """Write down how it ended: what went on has failed, what was to come is skipped. [V]"""
        deployment, now = self._deployment, self._now()
        with self._account.lock:
            for event in deployment.events:
                if event.status == "InProgress":
                    event.status, event.ended = "Failed", now
                    event.diagnostics = ending.diagnosis
                elif event.status == "Pending":
                    event.status = "Skipped"
            deployment.status, deployment.completed = ending.status, now
            deployment.error = ending.code, ending.message
            deployment.target_status, deployment.target_updated = "Failed", now
            self._ended(deployment, ending)


def _execution_id(account: Account) -> str:
    """Opaque, as AWS's are: ``eyJlbmNyeXB0ZWREYXRhIjoi...`` [V]"""
    inside = {"encryptedData": account.new_id(), "materialSetSerial": 1}
    return base64.b64encode(json.dumps(inside, separators=(",", ":")).encode()).decode()
