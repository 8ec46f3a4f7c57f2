"""One line for each event, word for word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from lambdactl.errors import Throttled
from lambdactl.model import Alarm, DeploymentStatus, Routing, Target
from lambdactl.ops import events as ev
from lambdactl.ops import stack_events as st
from lambdactl.render.words import KIND_WIDTH, line, words
from tests.plan.samples import NOW, TARGET, deployment, version

DONE = deployment("Succeeded", completed=NOW)
BACK = deployment("Created", id="d-2", creator="codeDeployRollback", rolls_back="d-1")
ALARM = Alarm("errors", "ALARM", NOW, "Threshold Crossed", summary="rate > 5")
QUIET = Alarm("errors", "OK", NOW, "fell", summary="rate > 5")
REV = "5f1c0000-1111"

LINES = [
    (
        ev.AliasMoved(NOW, TARGET, Routing(41), Routing(41, 42, 10.0), REV, "CodeDeploy"),
        "14:00:00 ● weight   v42 0 % → 10 %  by CodeDeploy  rev 5f1c0000…",
    ),
    (
        ev.AliasMoved(NOW, TARGET, Routing(41, 42, 10.0), Routing(42), REV, "lambdactl"),
        "14:00:00 ● weight   v42 10 % → 100 %  by lambdactl  rev 5f1c0000…",
    ),
    (
        ev.AliasMoved(NOW, TARGET, Routing(41, 42, 10.0), Routing(43), REV),
        "14:00:00 ▲ weight   v41 90 %  v42 10 % → v43 100 %  by somebody else  rev 5f1c0000…",
    ),
    (
        ev.AliasMoved(NOW, TARGET, None, Routing(None), REV),
        "14:00:00 ▲ weight   $LATEST 100 %  by somebody else  rev 5f1c0000…",
    ),
    (
        ev.AliasVerified(NOW, TARGET, Routing(41, 42, 0.1), "rev-1"),
        "14:00:00 ✔ verified checkout:live is at v41 99.9 %  v42 0.1 %  rev rev-1",
    ),
    (
        ev.DeploymentStarted(NOW, deployment("Created", config_name="Canary")),
        "14:00:00 · deploy   d-1 created by CloudFormation  v41 → v42  Canary",
    ),
    (
        ev.DeploymentStarted(NOW, BACK),
        "14:00:00 · deploy   d-2 created by codeDeployRollback  rolls back d-1"
        "  CodeDeployDefault.LambdaCanary10Percent5Minutes",
    ),
    (
        ev.LifecycleEventChanged(NOW, "d-1", "BeforeAllowTraffic", "Succeeded", None, None, 12.0),
        "14:00:00 ✔ hook     BeforeAllowTraffic Succeeded 12s",
    ),
    (
        ev.LifecycleEventChanged(NOW, "d-1", "AllowTraffic", "InProgress", "Pending"),
        "14:00:00 ● shift    AllowTraffic InProgress",
    ),
    (
        ev.LifecycleEventChanged(NOW, "d-1", "AfterAllowTraffic", "Failed", None, "no\x1b[31m", 3),
        "14:00:00 ✖ hook     AfterAllowTraffic Failed 3s: no\\x1b[31m",
    ),
    (
        ev.DeploymentStopRequested(NOW, "d-1"),
        "14:00:00 ↩ deploy   d-1 stop requested, with rollback",
    ),
    (ev.DeploymentEnded(NOW, DONE), "14:00:00 ✔ deploy   d-1 Succeeded"),
    (
        ev.DeploymentEnded(NOW, deployment("Stopped", error_message="an alarm")),
        "14:00:00 ↩ deploy   d-1 Stopped: an alarm",
    ),
    (
        ev.AlarmChanged(NOW, "OK", ALARM),
        "14:00:00 ✖ alarm    errors OK → ALARM  Threshold Crossed",
    ),
    (ev.AlarmChanged(NOW, None, QUIET), "14:00:00 ✔ alarm    errors OK  rate > 5"),
    (
        ev.VersionPublished(NOW, version(42, description="two\nlines")),
        '14:00:00 · version  v42 published  sha sha42  1000 B  "two\\nlines"',
    ),
    (
        ev.VersionDeleted(NOW, "checkout", 38, 2048),
        "14:00:00 ✔ version  v38 deleted  frees 2.0 KB",
    ),
    (
        ev.VersionDeleted(NOW, "checkout", 38, asynchronous=True),
        "14:00:00 ✔ version  v38 delete accepted, AWS works on it",
    ),
    (
        ev.VersionKept(NOW, "checkout", 38, "alias beta"),
        "14:00:00 ▲ version  v38 kept: alias beta",
    ),
    (
        ev.StorageMeasured(NOW, 5_000_000, 3_000_000, 2_500_000),
        "14:00:00 · storage  code storage 4.8 MB → 2.9 MB  freed 1.9 MB of at most 2.4 MB",
    ),
    (
        ev.LayerVersionDeleted(NOW, "shared", 3, 2048),
        "14:00:00 ✔ layer    layer shared:3 deleted  frees 2.0 KB",
    ),
    (
        ev.FunctionPruned(NOW, "checkout", 8, 1, 8192),
        "14:00:00 ✔ prune    checkout: deleted 8 versions, kept 1 against the plan"
        "  frees up to 8.0 KB",
    ),
    (
        ev.FunctionSkipped(NOW, "checkout", "deployment d-1 is InProgress"),
        "14:00:00 ▲ skipped  checkout: deployment d-1 is InProgress",
    ),
    (
        ev.PruneProgressed(NOW, 1_200, 55_000, 3_145_728, 4.5, 11_955.0),
        "14:00:00 ● prune    1,200 of 55,000 deleted  3.0 MB  4.5/s  3h19m left",
    ),
    (
        ev.AccountRead(NOW, "functions", 64, 1_000),
        "14:00:00 · read     64 of 1,000 functions",
    ),
    (
        ev.FunctionPruned(NOW, "checkout", 3, 1, 2048),
        "14:00:00 ✔ prune    checkout: deleted 3 versions, kept 1 against the plan"
        "  frees up to 2.0 KB",
    ),
    (
        ev.FunctionSkipped(NOW, "checkout", "a deployment runs"),
        "14:00:00 ▲ skipped  checkout: a deployment runs",
    ),
    (
        ev.PruneProgressed(NOW, 50, 1200, 2048, 4.96, 232.0),
        "14:00:00 ● prune    50 of 1,200 deleted  2.0 KB  5.0/s  3m52s left",
    ),
    (
        ev.PruneProgressed(NOW, 0, 1200, 0, None, None),
        "14:00:00 ● prune    0 of 1,200 deleted  0 B",
    ),
    (ev.AccountRead(NOW, "functions", 50, None), "14:00:00 · read     50 functions"),
    (
        ev.AccountRead(NOW, "functions", 50, 1000),
        "14:00:00 · read     50 of 1,000 functions",
    ),
    (
        ev.LayerVersionDeleted(NOW, "shared", 3, 2048),
        "14:00:00 ✔ layer    layer shared:3 deleted  frees 2.0 KB",
    ),
    (
        ev.RatesMeasured(
            NOW, NOW - timedelta(minutes=1), (ev.Rate(41, 0, 0), ev.Rate(42, 206, 13))
        ),
        "14:00:00 · errors   v41 no calls  v42 6.31 % of 206 calls failed  since 13:59:00",
    ),
    (
        ev.PartUnread(NOW, "metrics", "no permission", "ask"),
        "14:00:00 ? unread   metrics: no permission  try: ask",
    ),
    (
        ev.LookFailed(NOW, Throttled("too many calls", why="Rate exceeded")),
        "14:00:00 ~ look     failed, trying again: too many calls: Rate exceeded",
    ),
    (
        ev.StackEventSeen(NOW, "shop", "Api", "AWS::X", "CREATE_FAILED", "because"),
        "14:00:00 ✖ stack    CREATE_FAILED  Api  AWS::X: because",
    ),
    (
        ev.RolloutEnded(NOW, TARGET, "succeeded", Routing(42), DONE),
        "14:00:00 ✔ rollout  d-1 succeeded: checkout:live is at v42 100 %",
    ),
    (
        ev.RolloutEnded(
            NOW, TARGET, "rolled back", Routing(41), deployment("Stopped", error_message="alarm")
        ),
        "14:00:00 ↩ rollout  d-1 rolled back: checkout:live is at v41 100 %  (alarm)",
    ),
    (
        ev.VerdictReached(NOW, TARGET, "PASS", "not twice as bad"),
        "14:00:00 ✔ verdict  PASS: not twice as bad",
    ),
    (
        ev.ActAnnounced(NOW, TARGET, "abort", "FAIL: worse", 5.0),
        "14:00:00 ▲ next     abort in 5 s, Ctrl-C stops it, because FAIL: worse",
    ),
    (
        ev.WalkHeld(NOW, TARGET, "the last look failed"),
        "14:00:00 ▲ hold     no further step: the last look failed",
    ),
    (
        ev.HookReported(NOW, "d-1", "BeforeAllowTraffic", "Succeeded"),
        "14:00:00 ✔ hook     BeforeAllowTraffic of d-1 answered Succeeded, by lambdactl",
    ),
    (st.BucketMade(NOW, "b"), "14:00:00 ✔ bucket   b made: private, encrypted"),
    (
        st.ArtifactUploaded(NOW, "app/", "b", "k", 2048),
        "14:00:00 ✔ package  app/ uploaded, 2.0 KB",
    ),
    (
        st.ArtifactUnchanged(NOW, "app/", "b", "k"),
        "14:00:00 · package  app/ unchanged, not uploaded again",
    ),
    (st.ChangeSetCreated(NOW, "shop", "c", 1), "14:00:00 · changes  1 change to shop"),
    (
        st.ChangeSetDiscarded(NOW, "shop", "c", True),
        "14:00:00 · changes  change set c discarded, and the empty stack around it",
    ),
    (
        st.StackOperationStarted(NOW, "shop", "update"),
        "14:00:00 ● stack    update of shop started",
    ),
    (
        st.StackOperationEnded(NOW, "shop", "UPDATE_ROLLBACK_COMPLETE", "an alarm", {}, ()),
        "14:00:00 ↩ stack    shop UPDATE_ROLLBACK_COMPLETE: an alarm",
    ),
    (
        st.SeenOf(TARGET, ev.LifecycleEventChanged(NOW, "d-1", "AllowTraffic", "InProgress", None)),
        f"14:00:00 ● shift    {TARGET}  AllowTraffic InProgress",
    ),
]


@pytest.mark.parametrize(("event", "text"), LINES, ids=lambda v: type(v).__name__)
def test_the_line(event: st.DeployEvent, text: str) -> None:
    assert line(event) == text


def test_every_event_has_a_line() -> None:
    told = {type(event) for event, _ in LINES}
    assert told == set(get_args(st.DeployEvent))


@pytest.mark.parametrize(("event", "_"), LINES, ids=lambda v: type(v).__name__)
def test_ascii_draws_the_mark_in_ascii(event: st.DeployEvent, _: str) -> None:
    assert line(event, ascii=True).split()[1].isascii()
    assert len(words(event).kind) <= KIND_WIDTH


def test_times_are_utc_whatever_zone_they_come_in() -> None:
    from zoneinfo import ZoneInfo

    at = datetime(2026, 11, 20, 15, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert at == datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
    event = ev.DeploymentEnded(at, deployment(DeploymentStatus.Succeeded.value))
    assert line(event).startswith("14:00:00 ")
    assert str(Target("a", "b")) == "a:b"
