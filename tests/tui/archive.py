"""What is read of an alias beside its snapshot, scripted: past rollouts, versions, logs."""

from __future__ import annotations

from collections.abc import Callable, MutableSequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from lambdactl.errors import LambdactlError, NotFound, PermissionDenied, Unreachable
from lambdactl.model import Deployment, DeploymentStatus, LifecycleEvent, Routing, Version
from lambdactl.model_configuration import Configuration, LogLine
from lambdactl.model_history import AliasChange
from lambdactl.ops.comparing import Compared
from lambdactl.ops.events import Event
from lambdactl.ops.hook_log import HookLog
from lambdactl.ops.log_errors import Errors
from lambdactl.ops.log_lines import group_errors
from lambdactl.ops.log_tail import Looked
from lambdactl.ops.revisiting import Revisited
from lambdactl.plan.compare import compare
from lambdactl.tui.evidence import Evidence
from lambdactl.verdict import Counts, judge
from lambdactl.verdict.hindsight import Hindsight, Window, unmeasured
from tests.tui import builders
from tests.tui.builders import NOW, at

T = TypeVar("T")
GROUP = "/aws/lambda/checkout"
ID = "0e1c4b1e-58a2-4f6b-9d0c-7a3f2b1c4d5e"
OTHER = "77b2c0d4-1f3e-4a5b-8c6d-9e0f1a2b3c4d"
DENIED = PermissionDenied(
    "no permission: logs:FilterLogEvents on log group /aws/lambda/checkout",
    action="logs:FilterLogEvents",
    hint="lambdactl iam-policy",
)
GONE = Unreachable("no answer from codedeploy", why="connect timed out", hint="check the network")
NO_GROUP = NotFound(
    "there is no log group /aws/lambda/checkout",
    why="Lambda makes it with the first line, if the function's role may",
    hint="check that the role of checkout has logs:CreateLogGroup",
)


def given(answers: MutableSequence[T | LambdactlError]) -> T:
    """The next answer; the last is given again for ever. An error is raised."""
    answer = answers.pop(0) if len(answers) > 1 else answers[0]
    if isinstance(answer, LambdactlError):
        raise answer
    return answer


def rollouts() -> tuple[Deployment, ...]:
    """The one that runs, three that are over, and one of the year before."""
    stopped, back = undone()
    done = builders.deployment(
        DeploymentStatus.Succeeded,
        id="d-6Q0PPA2",
        created=at("10:11:40", day=17),
        completed=at("10:22:11", day=17),
        current_version=40,
        target_version=41,
        events=passed(),
    )
    failed = builders.deployment(
        DeploymentStatus.Failed,
        id="d-5H1WW03",
        created=at("09:00:00", day=14),
        completed=at("10:00:04", day=14),
        error_code="HOOK_EXECUTION_FAILURE",
        error_message="The hook BeforeAllowTraffic did not call back within an hour",
        current_version=39,
        target_version=40,
        events=(
            LifecycleEvent(
                "BeforeAllowTraffic", "Failed", at("09:00:02", day=14), at("10:00:03", day=14)
            ),
            LifecycleEvent("AllowTraffic", "Skipped"),
            LifecycleEvent("AfterAllowTraffic", "Skipped"),
        ),
    )
    return builders.deployment(), back, stopped, done, failed


def change(id: str, verb: str, began: datetime, **changes: object) -> AliasChange:
    """A shift from nothing to 10 % that was done in two seconds, but for ``changes``."""
    made = AliasChange(
        id=id,
        verb=verb,
        target="checkout:live",
        began=began,
        ended=began + timedelta(seconds=2),
        caller="arn:aws:sts::123456789012:assumed-role/operator/alice",
        host="bastion",
        before=Routing(41),
        asked=Routing(41, 42, 10.0),
        reached=Routing(41, 42, 10.0),
        outcome="done",
        command=f"lambdactl {verb} -f checkout:live",
        calls=("UpdateAlias checkout:live",),
        revision_ids=("0e1c4b1e-58a2", "77b2c0d4-1f3e"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def by_hand() -> tuple[AliasChange, ...]:
    """One that came too late, an abort of the deployment of the day before, and a shift."""
    stale = change(
        "c3",
        "promote",
        at("14:01:00"),
        before=Routing(41, 42, 10.0),
        asked=Routing(42),
        reached=None,
        outcome="stale",
        aws_code="PreconditionFailedException",
        revision_ids=("77b2c0d4-1f3e",),
    )
    abort = change(
        "c2",
        "abort",
        at("14:06:40", day=22),
        before=Routing(41, 42, 10.0),
        asked=Routing(41),
        reached=Routing(41),
        calls=("StopDeployment d-7AA11B2",),
        reason="v42 fails",
    )
    return stale, abort, change("c1", "shift", at("09:00:00", day=20))


def undone() -> tuple[Deployment, Deployment]:
    """A rollout of the day before that an alarm stopped, and what took it back."""
    snapshot = builders.rolled_back()
    assert snapshot.previous is not None and snapshot.deployment is not None
    stopped = earlier(replace(snapshot.previous, id="d-7AA11B2", rolled_back_by="d-8M4RTZ9"))
    return stopped, earlier(replace(snapshot.deployment, rolls_back="d-7AA11B2"))


def earlier(one: Deployment) -> Deployment:
    """The same, a day before."""

    def moved(time: datetime | None) -> datetime | None:
        return time - timedelta(days=1) if time else None

    events = tuple(replace(e, started=moved(e.started), ended=moved(e.ended)) for e in one.events)
    return replace(one, created=moved(one.created), completed=moved(one.completed), events=events)


def passed() -> tuple[LifecycleEvent, ...]:
    return (
        LifecycleEvent(
            "BeforeAllowTraffic", "Succeeded", at("10:11:42", day=17), at("10:11:54", day=17)
        ),
        LifecycleEvent("AllowTraffic", "Succeeded", at("10:11:55", day=17), at("10:22:00", day=17)),
        LifecycleEvent(
            "AfterAllowTraffic", "Succeeded", at("10:22:01", day=17), at("10:22:10", day=17)
        ),
    )


def revisited(**changes: object) -> Revisited:
    """Of the rollout that was taken back: v42 failed, and v41 has everything again."""
    stopped, back = undone()
    ended = at("14:07:05", day=22)
    snapshot = replace(
        builders.rolled_back(),
        taken=ended,
        deployment=back,
        previous=stopped,
        config=builders.CONFIG,
        group=None,
        **changes,  # type: ignore[arg-type]
    )
    window = Window(at("13:33:00", day=22), ended, 60)
    hindsight = Hindsight(judge([Counts(49, 5, 452, 0)] * 4), window=window)
    if snapshot.metrics is None:
        hindsight = unmeasured(None, snapshot.unread[0].reason)
    events = told(stopped, back)
    return Revisited(
        stopped, stopped, back, snapshot, hindsight, events
    )  # fmt: skip


def told(*deployments: Deployment) -> tuple[Event, ...]:
    from lambdactl.ops.differences import passage

    return tuple(event for one in deployments for event in passage(one))


def configuration(number: int, **changes: object) -> Configuration:
    made = Configuration(
        version=builders.version(number),
        log_group=GROUP,
        settings={"TracingConfig.Mode": "PassThrough"},
        environment={"TABLE": "seal", "TOKEN": "seal"},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def version(number: int, **changes: object) -> Version:
    return builders.version(number, **changes)


def compared(before: int = 41, after: int = 42) -> Compared:
    """Another code, more memory, a layer more, a variable more and one changed."""
    a = configuration(before)
    layer = "arn:aws:lambda:eu-west-1:123456789012:layer:telemetry:7"
    b = configuration(
        after,
        version=version(after, memory_mb=1024, layers=(layer,)),
        settings={"TracingConfig.Mode": "Active"},
        environment={"TABLE": "seal", "TOKEN": "other", "CURRENCY_MODE": "seal"},
    )
    return Compared("checkout", a, b, compare(a, b))


def same(before: int, after: int) -> Compared:
    a, b = (configuration(n, version=version(29)) for n in (before, after))
    was = replace(a, version=replace(a.version, number=before))
    return Compared("checkout", was, replace(b, version=replace(b.version, number=after)), ())


def line(number: int, message: str, clock: str = "14:06:38", stream: str = "5f1c2a") -> LogLine:
    return LogLine(f"e{number}", at(clock), f"2026/11/23/[42]{stream}", message)


KEY_ERROR = (
    "[ERROR] KeyError: 'currency'\nTraceback (most recent call last):\n"
    '  File "/var/task/app.py", line 88, in price\n    return table[order["currency"]]'
)
HOSTILE = "[red]not red[/] \x1b[2J\x1b]0;owned\x07 警报 \u202egnp"


def lines() -> tuple[LogLine, ...]:
    """Eleven calls that fail on a key, two that time out, one that is fine, and a hostile line."""
    found = []
    for n in range(11):
        request = ID if n == 10 else f"{n:08x}-58a2-4f6b-9d0c-7a3f2b1c4d5e"
        clock = f"14:{3 + n // 4:02d}:{10 + n % 4 * 10:02d}"
        found.append(line(10 * n, f"START RequestId: {request} Version: 42", clock))
        found.append(line(10 * n + 1, KEY_ERROR, clock))
    for n, clock in enumerate(("14:05:40", "14:06:12")):
        text = f"2026-11-23T{clock}.000Z {OTHER} Task timed out after 3.00 seconds"
        found.append(line(200 + n, text, clock, "9b77e1"))
    found.append(line(300, "priced order 17 in 12 ms", "14:06:20"))
    found.append(line(301, HOSTILE, "14:06:21"))
    return tuple(found)


def errors(**changes: object) -> Errors:
    known = lines()
    made = Errors(
        version=42,
        group=GROUP,
        groups=group_errors(known),
        since=at("14:03:10"),
        until=NOW,
        read=len(known),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def looked(found: tuple[LogLine, ...] | None = None, **changes: object) -> Looked:
    made = Looked(lines() if found is None else found, at("14:02:22"), NOW)
    return replace(made, **changes)  # type: ignore[arg-type]


def hook_log(**changes: object) -> HookLog:
    made = HookLog(
        "d-7K2QXB1",
        LifecycleEvent("BeforeAllowTraffic", "Succeeded", at("14:02:57"), at("14:03:09")),
        "CodeDeployHook_shop_Pre",
        "/aws/lambda/hooks",
        (
            line(1, "START RequestId: 1 Version: $LATEST", "14:02:58"),
            line(2, "checking v42: 20 orders priced, all as before", "14:03:08"),
            line(3, "END RequestId: 1", "14:03:09"),
        ),
        at("14:02:56"),
        at("14:04:09"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@dataclass
class Archive:
    """Each list is the answers to come. ``asked`` is what was read, in order."""

    rollouts: list[tuple[Deployment, ...] | LambdactlError] = field(
        default_factory=lambda: [rollouts()]
    )
    changes: list[tuple[AliasChange, ...] | LambdactlError] = field(default_factory=lambda: [()])
    revisits: list[Revisited | LambdactlError] = field(default_factory=lambda: [revisited()])
    compared: Callable[[int, int], Compared] = compared
    refusal: LambdactlError | None = None
    """Why versions cannot be compared."""
    errors: list[Errors | LambdactlError] = field(default_factory=lambda: [errors()])
    looks: list[Looked | LambdactlError] = field(default_factory=lambda: [looked(), looked(())])
    hook_logs: list[HookLog | LambdactlError] = field(default_factory=lambda: [hook_log()])
    asked: list[str] = field(default_factory=list)

    def evidence(self) -> Evidence:
        return Evidence(
            rollouts=lambda: self._told("rollouts", self.rollouts),
            changes=lambda: given(self.changes),
            revisit=lambda i: self._told(f"revisit {i}", self.revisits),
            compare=self._compare,
            errors=lambda version, _since: lambda: self._told(f"errors v{version}", self.errors),
            errors_then=lambda v, a, b: self._told(
                f"errors v{v} {a:%H:%M:%S} {b:%H:%M:%S}", self.errors
            ),
            tail=lambda version: lambda: self._told(f"tail v{version}", self.looks),
            hook_log=lambda d, name: self._told(f"hook {d.id} {name}", self.hook_logs),
        )

    def _told(self, what: str, answers: MutableSequence[T | LambdactlError]) -> T:
        self.asked.append(what)
        return given(answers)

    def _compare(self, before: int, after: int) -> Compared:
        self.asked.append(f"compare {before} {after}")
        if self.refusal is not None:
            raise self.refusal
        return self.compared(before, after)
