"""What a change set does to aliases, in tables: who moves, how, and what an operator must hear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from lambdactl.errors import Refused
from lambdactl.model import Alarm, DeploymentGroup, Routing, Snapshot, Target, Unread
from lambdactl.model_stack import (
    AliasRule,
    ChangeSet,
    PropertyChange,
    ResourceChange,
    StackState,
)
from lambdactl.plan import ExecuteChangeSet, Plan, plan_deploy
from lambdactl.plan.deploy import Seen
from lambdactl.render.plans import undo_lines
from lambdactl.render.spans import plain
from tests.plan.samples import PLACE, TARGET, deployment, snapshot

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:checkout"
STATE = StackState("shop", "arn:stack/shop/1", "UPDATE_COMPLETE")
RULE = AliasRule("FAliaslive", "live", "F", "FVersionNew", "App", "FGroup", ("Pre", "Post"))
AT_ONCE = AliasRule("FAliaslive", "live", "F", "FVersionNew")


def change(
    logical_id: str, kind: str, action: str = "Modify", *touched: str, **members: Any
) -> ResourceChange:
    properties = tuple(PropertyChange(f"Properties.{name}") for name in touched)
    members = {"replacement": "False" if action == "Modify" else None, **members}
    return ResourceChange(action, logical_id, f"AWS::{kind}", properties=properties, **members)


ALIAS_MOVES = change("FAliaslive", "Lambda::Alias", "Modify", "FunctionVersion")
NEW_VERSION = change("FVersionNew", "Lambda::Version", "Add")
OLD_VERSION = change(
    "FVersionOld", "Lambda::Version", "Remove", physical_id=f"{ARN}:41", policy_action="Retain"
)
RELEASE = (change("F", "Lambda::Function", "Modify", "Code"), NEW_VERSION, OLD_VERSION, ALIAS_MOVES)
REPLACED = change(
    "FVersionNew",
    "Lambda::Version",
    "Modify",
    "Description",
    replacement="True",
    physical_id=f"{ARN}:41",
    policy_action="ReplaceAndRetain",
)


def plan(
    *changes: ResourceChange,
    state: StackState | None = STATE,
    rules: tuple[AliasRule, ...] | None = (RULE,),
    looks: Mapping[str, Snapshot] | None = None,
) -> Plan:
    made = ChangeSet("arn:set", "lambdactl-1", "shop", "arn:stack/shop/1", state is None, changes)
    seen = {"FAliaslive": snapshot()} if looks is None else looks
    return plan_deploy(Seen(PLACE, made, state, rules, seen))


def test_a_release_by_codedeploy_says_so() -> None:
    made = plan(*RELEASE)
    (release,) = made.releases
    assert made.actions == (ExecuteChangeSet("shop", "arn:set"),)
    assert made.target == TARGET == release.target
    assert (release.how, release.publishes, release.before) == ("CodeDeploy", True, Routing(41))
    assert made.notes == ("CodeDeploy moves checkout:live to a new version, hooks Pre, Post",)
    assert made.undo == "lambdactl abort -f checkout:live   while it runs"
    assert [c.ok for c in made.checks] == [True] * 4
    assert made.changes == RELEASE


def test_the_undo_of_two_rollouts_names_each_alias() -> None:
    second = replace(RULE, logical_id="GAliaslive", function="G")
    other = replace(snapshot(), target=Target("orders", "live"))
    both = (*RELEASE, change("GAliaslive", "Lambda::Alias", "Modify", "FunctionVersion"))
    made = plan(*both, rules=(RULE, second), looks={"FAliaslive": snapshot(), "GAliaslive": other})
    assert made.undo == (
        "lambdactl abort -f checkout:live   while it runs\n"
        "lambdactl abort -f orders:live   while it runs"
    )
    assert [plain(line) for line in undo_lines(made)] == [
        "Undo     lambdactl abort -f checkout:live   while it runs",
        "         lambdactl abort -f orders:live   while it runs",
    ]


def test_a_version_that_is_replaced_is_a_new_one() -> None:
    """A parameter in the version's description: same logical id, new number."""
    made = plan(change("F", "Lambda::Function", "Modify", "Environment"), REPLACED, ALIAS_MOVES)
    assert made.releases[0].publishes
    assert "checkout:live is where the stack left it" in {c.name for c in made.checks}


@pytest.mark.parametrize(
    ("after", "config"),
    [("CodeDeployDefault.LambdaAllAtOnce", "LambdaAllAtOnce"), (None, "Linear")],
)
def test_the_way_traffic_moves_is_the_change_sets_or_the_groups(
    after: str | None, config: str
) -> None:
    group = DeploymentGroup("app", "group", "CodeDeployDefault.LambdaLinear10PercentEvery1Minute")
    changed = ResourceChange(
        "Modify",
        "FGroup",
        "AWS::CodeDeploy::DeploymentGroup",
        replacement="False",
        properties=(PropertyChange("Properties.DeploymentConfigName", None, after),),
    )
    made = plan(
        *RELEASE, *([changed] if after else []), looks={"FAliaslive": snapshot(group=group)}
    )
    assert config in (made.releases[0].config_name or "")
    assert f" by {made.releases[0].config_name}" in made.notes[0]


def test_the_first_deployment_has_no_hooks_and_no_canary() -> None:
    made = plan(
        change("F", "Lambda::Function", "Add"),
        NEW_VERSION,
        change("FAliaslive", "Lambda::Alias", "Add"),
        state=None,
        looks={},
    )
    assert made.target == Target("F", "live")
    assert made.releases[0].how == "first"
    assert made.notes[0] == "makes stack shop with 3 resources"
    assert "no hooks and no canary" in made.notes[1]
    assert not any("shift nothing" in note for note in made.notes)
    assert made.undo is None


def test_a_function_that_changes_without_a_version_shifts_nothing() -> None:
    made = plan(change("F", "Lambda::Function", "Modify", "Timeout", "Layers"))
    assert made.releases[0].how == "stays"
    assert made.actions
    assert made.notes == (
        "this deploy will shift nothing",
        "F changes (Timeout, Layers), but no version of it is published:"
        " checkout:live stays at v41 100 %",
    )


def test_a_change_beside_the_function_shifts_nothing() -> None:
    made = plan(change("Logs", "Logs::LogGroup", "Modify", "RetentionInDays"))
    assert made.notes == ("this deploy will shift nothing",)


def test_an_alias_whose_other_properties_change_stays() -> None:
    made = plan(change("FAliaslive", "Lambda::Alias", "Modify", "Description"))
    assert made.releases[0].how == "stays"


def test_no_change_is_no_action() -> None:
    made = plan()
    assert made.actions == ()
    assert made.notes == ("nothing to deploy: stack shop already is what the template says",)


def test_without_codedeploy_all_traffic_moves_at_once() -> None:
    made = plan(*RELEASE, rules=(AT_ONCE,))
    assert made.releases[0].how == "at once"
    assert "at once, without hooks or canary" in made.notes[0]
    assert made.undo == "lambdactl shift -f checkout:live --to 41 --weight 100"


def test_a_template_that_could_not_be_read_leaves_it_unknown() -> None:
    made = plan(*RELEASE, rules=None)
    assert (made.releases[0].how, made.releases[0].publishes) == ("unknown", True)
    assert any("is not known" in note for note in made.notes)


def test_an_alias_that_goes_is_said_loudly() -> None:
    made = plan(change("FAliaslive", "Lambda::Alias", "Remove", policy_action="Delete"), rules=())
    assert made.releases[0].how == "removed"
    assert "alias checkout:live is removed: every caller that uses it will fail" in made.notes


@pytest.mark.parametrize(
    ("routing", "says", "typed"),
    [
        (Routing(41, 42, 10.0), "checkout:live is not split", "lambdactl promote -f checkout:live"),
        (
            Routing(40),
            "checkout:live is where the stack left it",
            "lambdactl shift -f checkout:live --to 41 --weight 100",
        ),
    ],
)
def test_an_alias_that_codedeploy_could_not_move_is_refused(
    routing: Routing, says: str, typed: str
) -> None:
    with pytest.raises(Refused, match=f"not met: {says}") as caught:
        plan(*RELEASE, looks={"FAliaslive": snapshot(routing)})
    assert (caught.value.hint or "").startswith(typed)


def test_a_split_alias_that_stays_is_none_of_this_deploys_business() -> None:
    looks = {"FAliaslive": snapshot(Routing(41, 42, 10.0))}
    assert plan(change("Logs", "Logs::LogGroup"), looks=looks).actions


def test_a_running_deployment_is_refused() -> None:
    looks = {"FAliaslive": snapshot(deployment=deployment("InProgress"))}
    with pytest.raises(Refused, match="no deployment of checkout:live runs") as caught:
        plan(*RELEASE, looks=looks)
    assert caught.value.why == "d-1"


def test_a_deployment_that_could_not_be_read_is_unknown() -> None:
    unread = (Unread("deployment", "no permission: codedeploy:ListDeployments"),)
    made = plan(*RELEASE, looks={"FAliaslive": snapshot(unread=unread)})
    check = next(c for c in made.checks if c.name.startswith("no deployment"))
    assert (check.ok, check.detail) == (None, "no permission: codedeploy:ListDeployments")


@pytest.mark.parametrize(
    ("lost", "note"),
    [
        (
            change("Q", "SQS::Queue", "Remove", policy_action="Delete"),
            "removes Q (AWS::SQS::Queue)",
        ),
        (change("Q", "SQS::Queue", replacement="True"), "replaces Q (AWS::SQS::Queue)"),
        (change("Q", "SQS::Queue", replacement="Conditional"), "may replace Q (AWS::SQS::Queue)"),
        (
            change(
                "V", "Lambda::Version", "Remove", physical_id=f"{ARN}:40", policy_action="Delete"
            ),
            "v40 is deleted: there will be no way back to it",
        ),
        (
            change(
                "V",
                "Lambda::Version",
                replacement="True",
                physical_id=f"{ARN}:40",
                policy_action="ReplaceAndDelete",
            ),
            "v40 is deleted: there will be no way back to it",
        ),
    ],
)
def test_what_is_lost_is_said(lost: ResourceChange, note: str) -> None:
    assert note in plan(lost).notes


@pytest.mark.parametrize(
    "kept", [OLD_VERSION, change("Q", "SQS::Queue", "Remove", policy_action="Retain")]
)
def test_what_is_retained_is_not_called_lost(kept: ResourceChange) -> None:
    assert plan(kept).notes == ("this deploy will shift nothing",)


def test_an_alarm_that_rings_already_is_said() -> None:
    looks = {"FAliaslive": snapshot(alarms=(Alarm("errors", "ALARM"), Alarm("slow", "OK")))}
    assert plan(*RELEASE, looks=looks).notes[-1] == "alarm errors is in ALARM"
