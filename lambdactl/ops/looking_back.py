"""Reads that a judgement of the past needs, put together for the pure judges of ``verdict``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lambdactl.aws.history import of_version, timeout_s
from lambdactl.aws.parts import reason_of
from lambdactl.errors import CredentialsError, LambdactlError
from lambdactl.model import (
    Deployment,
    DeploymentConfig,
    Metrics,
    Series,
    Snapshot,
    Target,
    Version,
)
from lambdactl.model_history import AlarmRule, Metric
from lambdactl.plan import Plan
from lambdactl.plan.actions import Release
from lambdactl.verdict.alarms_audit import (
    MINUTE,
    AlarmAudit,
    Served,
    Week,
    as_read,
    audit,
    stable_minutes,
)
from lambdactl.verdict.foretold import foretold
from lambdactl.verdict.hindsight import Hindsight, Window, judge_past, unmeasured, window_of
from lambdactl.verdict.judge import MARGIN
from lambdactl.verdict.power import PREFIX, PRESETS, TIMES, Outlook, outlook

if TYPE_CHECKING:
    from lambdactl.aws import Aws

DAYS = 7
MINUTE_S = 60


def judged(
    aws: Aws, target: Target, deployment: Deployment, *, margin: float = MARGIN
) -> Hindsight:
    """The verdict on any deployment of ``target``, running or past.

    What CloudWatch no longer has, or never had, ends as NOT MEASURED with the reason.
    """
    if deployment.rolls_back:
        return unmeasured(None, f"it is a rollback; judge {deployment.rolls_back}, which it undoes")
    window = window_of(deployment, aws.now())
    if isinstance(window, str):
        return unmeasured(None, window)
    seen = read_past(aws, target, deployment, window)
    versions = aws.snapshot(target, metrics=False).versions
    return judged_from(deployment, window, seen, versions, margin=margin)


def read_past(
    aws: Aws, target: Target, deployment: Deployment, window: Window, *, more: bool = False
) -> Metrics:
    """Both versions over the window."""
    return aws.past_metrics(
        target,
        pair_of(deployment),
        since=window.since,
        until=window.until,
        period_s=window.period_s,
        more=more,
    )


def within(metrics: Metrics, window: Window) -> Metrics:
    """As if no more had been read than ``window``."""
    series = {
        number: Series(
            number, tuple(m for m in one.minutes if window.since <= m.start < window.until)
        )
        for number, one in metrics.series.items()
    }
    return replace(metrics, series=series)


def pair_of(deployment: Deployment) -> list[int]:
    found = (deployment.current_version, deployment.target_version)
    return [v for v in found if v is not None]


def judged_from(
    deployment: Deployment,
    window: Window,
    seen: Metrics,
    versions: Iterable[Version],
    *,
    margin: float = MARGIN,
) -> Hindsight:
    """``versions`` tell for how long a call may run: until then a minute's counts may grow."""
    pair = pair_of(deployment)
    timeouts = [v.timeout_s for v in versions if v.number in pair]
    missing: list[int | None] = [None] * (len(pair) - len(timeouts))
    settles_s = timeout_s([*timeouts, *missing]) + window.period_s - MINUTE_S
    return judge_past(deployment, window, seen, settles_s=settles_s, margin=margin)


def forecast(
    aws: Aws,
    target: Target,
    config: DeploymentConfig | None,
    *,
    times: float = TIMES,
    rate: float | None = None,
) -> Outlook:
    """What ``config`` can see by the past week's traffic; unknown where that cannot be read."""
    if config is None:
        return Outlook(times, unknown="the deployment config is not known")
    try:
        week = aws.traffic(target, days=DAYS)
    except CredentialsError:
        raise
    except LambdactlError as error:
        return Outlook(times, unknown=f"the past week could not be read: {reason_of(error)}")
    return outlook(week, config, times=times, rate=rate)


def release_notes(aws: Aws, plan: Plan) -> tuple[str, ...]:
    """What each rollout that a deploy will start can see of a bad canary, as notes of its plan:
    once what is true of all of them, else with the aliases that it is about."""
    moved = [r for r in plan.releases if r.how == "CodeDeploy"]
    about: dict[str, list[Target]] = {}
    for release in moved:
        for note in foretold(of_release(aws, release)):
            about.setdefault(note, []).append(release.target)
    return tuple(
        note if len(targets) == len(moved) else f"{', '.join(map(str, targets))}: {note}"
        for note, targets in about.items()
    )


def of_release(aws: Aws, release: Release) -> Outlook:
    if release.config_name is None:
        return forecast(aws, release.target, None)
    try:
        config = config_named(aws, release.config_name)
    except CredentialsError:
        raise
    except LambdactlError as error:
        return Outlook(TIMES, unknown=reason_of(error))
    return forecast(aws, release.target, config)


def config_named(aws: Aws, name: str) -> DeploymentConfig:
    """One of CodeDeploy's own by its short or full name, or any other config of the account."""
    own = next((c for c in PRESETS if name in (c.name, c.name.removeprefix(PREFIX))), None)
    return own or aws.config(name)


def audited(aws: Aws, snapshot: Snapshot, *, days: int = DAYS) -> tuple[AlarmAudit, ...]:
    """Each alarm of the snapshot's deployment group, replayed over the past days.

    Raises NotFound where an alarm is gone, and what CloudWatch's reads raise.
    """
    group = snapshot.group
    rules = aws.alarm_rules(group.alarms if group else ())
    if not rules:
        return ()
    week = past_days(aws, snapshot, rules, days)
    config = group_config(aws, snapshot)
    return tuple(audit(rule, config, week) for rule in rules)


def group_config(aws: Aws, snapshot: Snapshot) -> DeploymentConfig | None:
    """How the next rollout will move traffic. The last one may have been a rollback, at once."""
    if snapshot.group is None or not snapshot.group.config_name:
        return snapshot.config
    return config_named(aws, snapshot.group.config_name)


def past_days(aws: Aws, snapshot: Snapshot, rules: Sequence[AlarmRule], days: int) -> Week:
    until = snapshot.taken.replace(second=0, microsecond=0)
    since = until.replace(minute=0) - timedelta(days=days)
    named = [m for rule in rules for m in rule.metrics.values() if readable(m)]
    wanted = [*named, *(as_read(m) for m in named)]
    served = by_version(aws, snapshot.target, since, until)
    return Week(
        since=since,
        minutes=stable_minutes(since, int((until - since) / MINUTE), served),
        readings=aws.readings(wanted, since, until),
        routed=routed(snapshot),
    )


def readable(metric: Metric) -> bool:
    """CloudWatch keeps no period shorter than a minute for longer than three hours."""
    return metric.period_s % MINUTE_S == 0


def routed(snapshot: Snapshot) -> frozenset[int]:
    """The versions that get traffic, or that a running deployment is about to give some."""
    versions = snapshot.alias.routing.versions if snapshot.alias else frozenset()
    running = snapshot.active_deployment
    coming = running.target_version if running else None
    return versions | ({coming} if coming is not None else frozenset())


def by_version(
    aws: Aws, target: Target, since: datetime, until: datetime
) -> dict[int, dict[datetime, Served]]:
    """Calls, failed and throttled calls of every version behind the alias, minute by minute."""
    names = ("Invocations", "Errors", "Throttles")
    versions = sorted(aws.versions_called(target))
    metrics = {(v, n): of_version(target, v, n, MINUTE_S) for v in versions for n in names}
    found = aws.readings(metrics.values(), since, until)
    return {v: minutes_of(*(found[metrics[v, n]] for n in names)) for v in versions}


def minutes_of(
    calls: Mapping[datetime, float],
    errors: Mapping[datetime, float],
    throttles: Mapping[datetime, float],
) -> dict[datetime, Served]:
    def at(start: datetime) -> Served:
        counts = (int(seen.get(start, 0.0)) for seen in (calls, errors, throttles))
        return Served(*counts)

    starts: Iterable[datetime] = {*calls, *throttles}
    return {start: at(start) for start in starts}
