"""Deployment configs: how the traffic moves, and over how long.

The predefined ones of the Lambda platform are here, under AWS's names. [D]
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lambdactl.sandbox.codedeploy.refusals import refused

PREFIX = "CodeDeployDefault."
ALL_AT_ONCE = "CodeDeployDefault.LambdaAllAtOnce"
LONGEST = 2880
"""Minutes from the first shift to the last. [D]"""


@dataclass(frozen=True, slots=True)
class Config:
    """``percentage`` per shift and ``interval`` in minutes between two, unless all at once."""

    name: str
    id: str
    type: Literal["TimeBasedCanary", "TimeBasedLinear", "AllAtOnce"]
    percentage: int = 100
    interval: int = 0
    created: float = 0.0

    def shifts(self) -> tuple[tuple[float, float], ...]:
        """(seconds after AllowTraffic began, share of the new version from 0 to 1) of each shift.

        The last shift of a linear config comes after (ceil(100/p) - 1) intervals. [V: a linear ECS
        deployment by 10 % a minute was at 100 % nine minutes after it was at 10 %]
        """
        seconds = self.interval * 60.0
        match self.type:
            case "AllAtOnce":
                return ((0.0, 1.0),)
            case "TimeBasedCanary":
                return ((0.0, self.percentage / 100), (seconds, 1.0))
        count = math.ceil(100 / self.percentage)
        shares = (min(self.percentage * number, 100) / 100 for number in range(1, count + 1))
        return tuple((number * seconds, share) for number, share in enumerate(shares))

    def described(self) -> dict[str, Any]:
        """The members of DeploymentConfigInfo, but the time."""
        routing: dict[str, Any] = {"type": self.type}
        if self.type == "TimeBasedCanary":
            numbers = {"canaryPercentage": self.percentage, "canaryInterval": self.interval}
            routing["timeBasedCanary"] = numbers
        elif self.type == "TimeBasedLinear":
            numbers = {"linearPercentage": self.percentage, "linearInterval": self.interval}
            routing["timeBasedLinear"] = numbers
        return {
            "deploymentConfigId": self.id,
            "deploymentConfigName": self.name,
            "computePlatform": "Lambda",
            "trafficRoutingConfig": routing,
        }


def _predefined() -> dict[str, Config]:
    found = [Config(ALL_AT_ONCE, _id(0), "AllAtOnce")]
    for minutes in (5, 10, 15, 30):
        name = f"{PREFIX}LambdaCanary10Percent{minutes}Minutes"
        found.append(Config(name, _id(len(found)), "TimeBasedCanary", 10, minutes))
    for minutes in (1, 2, 3, 10):
        plural = "" if minutes == 1 else "s"
        name = f"{PREFIX}LambdaLinear10PercentEvery{minutes}Minute{plural}"
        found.append(Config(name, _id(len(found)), "TimeBasedLinear", 10, minutes))
    return {config.name: config for config in found}


def _id(number: int) -> str:
    return f"00000000-0000-0000-0000-{number + 1:012d}"


PREDEFINED = _predefined()


def custom(params: Mapping[str, Any], config_id: str, created: float) -> Config:
    """The config that CreateDeploymentConfig asks for, or the refusal of it."""
    name, routing = params["deploymentConfigName"], params.get("trafficRoutingConfig") or {}
    if name.startswith(PREFIX):
        raise refused(
            "InvalidDeploymentConfigName", f"The name {name} must not start with {PREFIX}"
        )
    if params.get("minimumHealthyHosts") or params.get("zonalConfig"):
        raise refused(
            "InvalidMinimumHealthyHostValue", "Lambda deployments have no minimum healthy hosts"
        )
    match routing.get("type"):
        case "AllAtOnce":
            return Config(name, config_id, "AllAtOnce", created=created)
        case "TimeBasedCanary":
            numbers = routing.get("timeBasedCanary") or {}
            percentage, interval = _numbers(numbers, "canaryPercentage", "canaryInterval")
            return Config(name, config_id, "TimeBasedCanary", percentage, interval, created)
        case "TimeBasedLinear":
            numbers = routing.get("timeBasedLinear") or {}
            percentage, interval = _numbers(numbers, "linearPercentage", "linearInterval")
            config = Config(name, config_id, "TimeBasedLinear", percentage, interval, created)
            return _short_enough(config)
    raise _routing("A traffic routing type must be specified for a Lambda deployment")


def _numbers(numbers: Mapping[str, Any], percentage: str, interval: str) -> tuple[int, int]:
    share, minutes = numbers.get(percentage) or 0, numbers.get(interval) or 0
    if not 1 <= share <= 99:
        raise _routing(f"{percentage} must be from 1 to 99")
    if not 1 <= minutes <= LONGEST:
        raise _routing(f"{interval} must be from 1 to {LONGEST}")
    return share, minutes


def _short_enough(config: Config) -> Config:
    if config.shifts()[-1][0] > LONGEST * 60:
        raise _routing(f"From the first shift to the last it may take {LONGEST} minutes at most")
    return config


def _routing(message: str) -> Exception:
    return refused("InvalidTrafficRoutingConfiguration", message)
