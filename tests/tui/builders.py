"""Snapshots made by hand: a rollout of ``checkout:live`` from v41 to v42, and what becomes of it.

The story: v42 is published at 13:58:12, the deployment is created at 14:02:55, its hook takes
twelve seconds, and from 14:03:10 on v42 gets ten per cent for ten minutes. ``NOW`` is 14:07:22.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lambdactl.model import (
    Alarm,
    Alias,
    Deployment,
    DeploymentConfig,
    DeploymentGroup,
    DeploymentStatus,
    Inventory,
    LifecycleEvent,
    Metrics,
    Minute,
    Place,
    Routing,
    Series,
    Snapshot,
    Target,
    Unread,
    Version,
)
from lambdactl.model_history import AlarmChange, Carried, Past
from lambdactl.model_storage import Storage
from lambdactl.plan.hook import Execution

PLACE = Place("123456789012", "eu-west-1")
TARGET = Target("checkout", "live")
MINUTES = 30


def at(clock: str, day: int = 23) -> datetime:
    """A time of the story's day, as ``14:03:10``."""
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return datetime(2026, 11, day, hours, minutes, seconds, tzinfo=UTC)


NOW = at("14:07:22")
SHIFTED = at("14:03:10")
MIB = 1 << 20


def version(number: int, **changes: object) -> Version:
    """v42 was published minutes ago, the others a day apart before it."""
    published = at("13:58:12") if number >= 42 else at("09:00:00") - timedelta(days=42 - number)
    made = Version(
        number=number,
        published=published,
        description=f"checkout 2.{number - 34}.0" if number >= 34 else "",
        code_sha256=f"{number:02x}c1e4b7a0d2f35861",
        code_size=12 * MIB + number * 10_240,
        runtime="python3.13",
        handler="app.handler",
        memory_mb=512,
        timeout_s=3,
        role="arn:aws:iam::123456789012:role/checkout",
        dead_letter_arn=None,
        architectures=("arm64",),
        state="Active",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


VERSIONS = tuple(version(n) for n in range(29, 43))
CONFIG = DeploymentConfig(
    "CodeDeployDefault.LambdaCanary10Percent10Minutes", "TimeBasedCanary", 10.0, 10
)
AT_ONCE = DeploymentConfig("CodeDeployDefault.LambdaAllAtOnce", "AllAtOnce")
GROUP = DeploymentGroup(
    "checkout-app",
    "checkout-dg",
    CONFIG.name,
    alarms=("checkout-5xx", "checkout-p99"),
    alarms_enabled=True,
    auto_rollback=frozenset(("DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM")),
)
SUMMARY = "error rate of v42 > 1 for 2 of 3 x 60 s"


def alarm(name: str = "checkout-5xx", state: str = "OK", **changes: object) -> Alarm:
    made = Alarm(
        name=name,
        state=state,  # type: ignore[arg-type]
        updated=at("13:40:00"),
        threshold=1.0,
        comparison="GreaterThanThreshold",
        summary=SUMMARY if name == "checkout-5xx" else "p99 of Duration > 1500 for 3 of 3 x 60 s",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


ALARMS = (alarm(), alarm("checkout-p99"))
RED = (
    alarm(
        state="ALARM",
        updated=at("14:06:41"),
        reason="Threshold Crossed: 2 out of the last 3 datapoints were greater than 1.0",
    ),
    alarm("checkout-p99"),
)


def deployment(
    status: DeploymentStatus = DeploymentStatus.InProgress, **changes: object
) -> Deployment:
    made = Deployment(
        id="d-7K2QXB1",
        status=status,
        application="checkout-app",
        group="checkout-dg",
        config_name=CONFIG.name,
        creator="CloudFormation",
        created=at("14:02:55"),
        function="checkout",
        alias="live",
        current_version=41,
        target_version=42,
        events=lifecycle(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def lifecycle(allow: str = "InProgress", after: str = "Pending") -> tuple[LifecycleEvent, ...]:
    ended = (
        at("14:06:50") if allow == "Failed" else at("14:13:11") if allow != "InProgress" else None
    )
    return (
        LifecycleEvent("Start", "Succeeded", at("14:02:56"), at("14:02:56")),
        LifecycleEvent("BeforeAllowTraffic", "Succeeded", at("14:02:57"), at("14:03:09")),
        LifecycleEvent("AllowTraffic", allow, SHIFTED, ended),
        LifecycleEvent("AfterAllowTraffic", after),
        LifecycleEvent("End", "Pending"),
    )


def series(number: int, counts: Sequence[tuple[float | None, float | None]]) -> Series:
    """``counts`` are (calls, errors) of the newest minutes, the last of them 14:07."""
    counts = [(None, None)] * (MINUTES - len(counts)) + list(counts)
    start = NOW.replace(second=0) - timedelta(minutes=MINUTES - 1)
    return Series(
        number,
        tuple(
            Minute(
                start + timedelta(minutes=i),
                calls,
                errors,
                0.0 if calls else None,
                None if not calls else 182.0 if number == 41 else 240.0,
            )
            for i, (calls, errors) in enumerate(counts)
        ),
    )


def metrics(
    stable: Sequence[tuple[float | None, float | None]] | None = None,
    canary: Sequence[tuple[float | None, float | None]] | None = None,
) -> Metrics:
    """v41 with two failed calls in half an hour, v42 as given."""
    steady = [(452.0, 1.0 if i in (6, 21) else 0.0) for i in range(MINUTES - 1)] + [(160.0, 0.0)]
    both = {41: series(41, stable or steady), 42: series(42, canary or ())}
    return Metrics(NOW, MINUTES * 60, both)


HEALTHY = ((50.0, 0.0), (49.0, 0.0), (51.0, 0.0), (49.0, 0.0), (18.0, 0.0))
FAILING = ((50.0, 1.0), (49.0, 3.0), (51.0, 4.0), (49.0, 5.0), (18.0, 2.0))


def alias(routing: Routing, revision: str = "5f1c9ab0-7d31-4c1e-9f0e-0a1b2c3d4e5f") -> Alias:
    arn = f"arn:aws:lambda:eu-west-1:123456789012:function:{TARGET}"
    return Alias("live", arn, routing, revision)


SPLIT = Routing(41, 42, 10.0)


def snapshot(routing: Routing = SPLIT, **changes: object) -> Snapshot:
    """The canary in its fifth minute, healthy, with CodeDeploy at work."""
    live = alias(routing)
    made = Snapshot(
        taken=NOW,
        place=PLACE,
        target=TARGET,
        alias=live,
        aliases=(live,),
        versions=VERSIONS,
        deployment=deployment(),
        config=CONFIG,
        group=GROUP,
        alarms=ALARMS,
        metrics=metrics(canary=HEALTHY),
        provisioned=frozenset(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def shifting() -> Snapshot:
    return snapshot()


def failing() -> Snapshot:
    return snapshot(metrics=metrics(canary=FAILING), alarms=RED)


def stable() -> Snapshot:
    """No rollout: v41 has had everything for six days."""
    steady = [(452.0, 1.0 if i in (6, 21) else 0.0) for i in range(MINUTES)]
    only = Metrics(NOW, MINUTES * 60, {41: series(41, steady)})
    versions = tuple(v for v in VERSIONS if v.number <= 41)
    return snapshot(Routing(41), deployment=None, config=None, metrics=only, versions=versions)


def rolled_back() -> Snapshot:
    """The alarm stopped it; a second deployment brought everything back to v41."""
    stopped = deployment(
        DeploymentStatus.Stopped,
        completed=at("14:06:50"),
        error_code="ALARM_ACTIVE",
        error_message="One or more alarms have been activated: checkout-5xx",
        rolled_back_by="d-8M4RTZ9",
        events=lifecycle("Failed", "Skipped"),
    )
    back = deployment(
        DeploymentStatus.Succeeded,
        id="d-8M4RTZ9",
        config_name=AT_ONCE.name,
        creator="codeDeployRollback",
        created=at("14:06:51"),
        completed=at("14:07:05"),
        rolls_back="d-7K2QXB1",
        current_version=42,
        target_version=41,
        events=(
            LifecycleEvent("Start", "Succeeded", at("14:06:52"), at("14:06:52")),
            LifecycleEvent("BeforeAllowTraffic", "Succeeded", at("14:06:53"), at("14:06:53")),
            LifecycleEvent("AllowTraffic", "Succeeded", at("14:06:53"), at("14:07:04")),
            LifecycleEvent("AfterAllowTraffic", "Skipped"),
            LifecycleEvent("End", "Succeeded", at("14:07:05"), at("14:07:05")),
        ),
    )
    return snapshot(
        Routing(41),
        deployment=back,
        previous=stopped,
        config=AT_ONCE,
        metrics=metrics(canary=FAILING[:4]),
        alarms=RED,
    )


def no_data() -> Snapshot:
    """Ten per cent are set, and not one call has come."""
    return snapshot(metrics=metrics(canary=()))


def by_hand() -> Snapshot:
    """Split with ``shift``: nothing drives it."""
    done = deployment(
        DeploymentStatus.Succeeded,
        id="d-6Q0PPA2",
        completed=at("10:22:11", day=17),
        created=at("10:11:40", day=17),
        current_version=40,
        target_version=41,
        events=(),
    )
    return snapshot(deployment=done)


def first_version() -> Snapshot:
    """Only v1 is published: there is nothing to shift to."""
    only = Metrics(NOW, MINUTES * 60, {1: series(1, [(12.0, 0.0)] * 9)})
    return snapshot(
        Routing(1),
        versions=(version(1, published=at("13:58:12"), description="first"),),
        deployment=None,
        config=None,
        group=None,
        alarms=(),
        metrics=only,
    )


def no_alias() -> Snapshot:
    return snapshot(alias=None, aliases=(), deployment=None, config=None, metrics=None)


def unreadable() -> Snapshot:
    """Half of it is forbidden."""
    return snapshot(
        deployment=None,
        config=None,
        group=None,
        alarms=(),
        metrics=None,
        unread=tuple(
            Unread(part, f"no permission: {action}", f"ask for {action}")
            for part, action in (
                ("deployment", "codedeploy:ListDeployments"),
                ("alarms", "cloudwatch:DescribeAlarms"),
                ("metrics", "cloudwatch:GetMetricData"),
            )
        ),
    )


def waiting_hook() -> Snapshot:
    """BeforeAllowTraffic has been running for a while and has not called back."""
    events = (
        LifecycleEvent("Start", "Succeeded", at("14:02:56"), at("14:02:56")),
        LifecycleEvent("BeforeAllowTraffic", "InProgress", at("14:02:57")),
        LifecycleEvent("AllowTraffic", "Pending"),
        LifecycleEvent("AfterAllowTraffic", "Pending"),
        LifecycleEvent("End", "Pending"),
    )
    return snapshot(Routing(41), deployment=deployment(events=events), metrics=metrics())


def linear() -> Snapshot:
    """Ten steps of ten per cent, the third of them reached."""
    config = DeploymentConfig(
        "CodeDeployDefault.LambdaLinear10PercentEvery1Minute", "TimeBasedLinear", 10.0, 1
    )
    return snapshot(
        Routing(41, 42, 30.0),
        config=config,
        deployment=deployment(
            config_name=config.name,
            events=(
                LifecycleEvent("BeforeAllowTraffic", "Skipped"),
                LifecycleEvent("AllowTraffic", "InProgress", at("14:05:10")),
                LifecycleEvent("AfterAllowTraffic", "Pending"),
            ),
        ),
    )


def longest() -> Snapshot:
    """The longest names that AWS allows: 64 letters of function, 128 of alias."""
    target = Target("checkout-" + "f" * 51 + "-end", "live-" + "a" * 119 + "-end")
    assert len(target.function) == 64 and len(target.alias) == 128
    live = replace(alias(SPLIT), name=target.alias)
    return snapshot(target=target, alias=live, aliases=(live,))


def hostile() -> Snapshot:
    """Markup, escapes and double-width letters where AWS lets people write what they like."""
    said = "[red]not red[/red] \x1b[2J [@click=app.quit]x[/] 警报 \u202egnp"
    shady = alarm(state="ALARM", reason=said, summary=said, updated=at("14:06:41"))
    versions = (*VERSIONS[:-1], version(42, description=said))
    return snapshot(alarms=(shady,), versions=versions)


def survey(base: Snapshot | None = None) -> Snapshot:
    """What the versions screen reads: at rest, with storage and what uses the versions."""
    base = base or stable()
    beta_arn = "arn:aws:lambda:eu-west-1:123456789012:function:checkout:beta"
    beta = Alias("beta", beta_arn, Routing(35), "77aa0b1c")
    assert base.alias is not None
    return replace(
        base,
        aliases=(base.alias, beta),
        storage=Storage(used=58 * 1024 * MIB, limit=75 * 1024 * MIB),
        inventory=Inventory(policies_read=frozenset(v.number for v in base.versions)),
    )


def past() -> Past:
    """v41 carried the alias before, v40 too; v39 had been taken back."""
    carried = (
        Carried(41, at("14:03:10"), "d-6Q0PPA2 Succeeded"),
        Carried(40, at("10:22:11", day=17), "measured by CloudWatch"),
        Carried(39, at("09:00:00", day=12), "d-5H1WW03 Succeeded"),
    )
    return Past(carried, {39: "d-5K9RR21"})


def done() -> Snapshot:
    """v42 has had everything since 14:13:11."""
    over = deployment(
        DeploymentStatus.Succeeded,
        completed=at("14:13:20"),
        events=lifecycle("Succeeded", "Succeeded"),
    )
    return snapshot(Routing(42), deployment=over, metrics=metrics(canary=HEALTHY))


def execution() -> Execution:
    """The hook of :func:`waiting_hook`, as its log tells it."""
    source = "the log of CodeDeployHook_checkout"
    return Execution("d-7K2QXB1", "BeforeAllowTraffic", "eyJlbmNyeXB0ZWREYXRhIjoi", source)


def alarm_history() -> dict[str, tuple[AlarmChange, ...]]:
    """checkout-5xx rang for seven minutes in the morning."""
    rang = (
        AlarmChange(
            at("14:06:41"), "checkout-5xx", "OK", "ALARM", "Alarm updated from OK to ALARM"
        ),
        AlarmChange(
            at("09:21:00"), "checkout-5xx", "ALARM", "OK", "Alarm updated from ALARM to OK"
        ),
        AlarmChange(
            at("09:14:00"), "checkout-5xx", "OK", "ALARM", "Alarm updated from OK to ALARM"
        ),
    )
    return {"checkout-5xx": rang, "checkout-p99": ()}
