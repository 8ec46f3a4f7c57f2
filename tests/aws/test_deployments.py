"""CodeDeploy: which group moves an alias, its newest deployment, and what it has been through."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lambdactl.aws import deployments, discovery
from lambdactl.aws.deployments import GroupName
from lambdactl.errors import LambdactlError, PermissionDenied
from lambdactl.model import DeploymentConfig, DeploymentGroup, DeploymentStatus, Target
from tests.aws.stubs import Script, denied

TARGET = Target("checkout", "live")
GROUP = GroupName("app", "group")
AT = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
IN_GROUP = {"applicationName": "app", "deploymentGroupName": "group"}
TAGS = {
    "aws:cloudformation:stack-name": "shop",
    "aws:cloudformation:logical-id": "Checkout",
}


def info(number: int, status: str = "Succeeded", **changes: Any) -> dict[str, Any]:
    return {
        **IN_GROUP,
        "deploymentId": f"d-{number}",
        "deploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent5Minutes",
        "status": status,
        "creator": "CloudFormation",
        "createTime": AT.replace(minute=number),
        **changes,
    }


def lists(script: Script, ids: list[str], *statuses: str, more: bool = False) -> None:
    only = {"includeOnlyStatuses": list(statuses)} if statuses else {}
    answer = {"deployments": ids, **({"nextToken": "t"} if more else {})}
    script.expect("codedeploy", "list_deployments", {**IN_GROUP, **only}, answer)


def describes(script: Script, *infos: dict[str, Any]) -> None:
    ids = [i["deploymentId"] for i in infos]
    script.expect(
        "codedeploy", "batch_get_deployments", {"deploymentIds": ids}, {"deploymentsInfo": infos}
    )


def targets(
    script: Script,
    number: int,
    *,
    alias: str = "live",
    function: str = "checkout",
    ids_known: bool = False,
    events: list[dict[str, Any]] | None = None,
) -> None:
    if not ids_known:
        script.expect(
            "codedeploy",
            "list_deployment_targets",
            {"deploymentId": f"d-{number}"},
            {"targetIds": ["t-1"]},
        )
    target = {
        "lifecycleEvents": events or [],
        "lambdaFunctionInfo": {
            "functionName": function,
            "functionAlias": alias,
            "currentVersion": "41",
            "targetVersion": "42",
            "targetVersionWeight": 10.0,
        },
    }
    script.expect(
        "codedeploy",
        "batch_get_deployment_targets",
        {"deploymentId": f"d-{number}", "targetIds": ["t-1"]},
        {"deploymentTargets": [{"deploymentTargetType": "LambdaTarget", "lambdaTarget": target}]},
    )


def test_the_newest_deployment_of_the_alias_with_its_versions_and_events(script: Script) -> None:
    event = {
        "lifecycleEventName": "BeforeAllowTraffic",
        "status": "Failed",
        "startTime": AT,
        "endTime": AT.replace(second=12),
        "diagnostics": {"errorCode": "ScriptFailed", "message": "the hook said no"},
    }
    error = {"code": "HOOK_EXECUTION_FAILURE", "message": "a hook failed"}
    lists(script, ["d-2", "d-1"])
    describes(
        script, info(2, "Failed", errorInformation=error, completeTime=AT.replace(hour=15)), info(1)
    )
    targets(script, 2, events=[event])
    found = deployments.rollout(script.aws, TARGET, [GROUP])
    assert found.previous is None and found.group == GROUP
    newest = found.deployment
    assert newest is not None
    assert (newest.id, newest.status) == ("d-2", DeploymentStatus.Failed)
    assert (newest.current_version, newest.target_version) == (41, 42)
    assert (newest.error_code, newest.error_message) == ("HOOK_EXECUTION_FAILURE", "a hook failed")
    assert newest.created == AT.replace(minute=2) and newest.completed == AT.replace(hour=15)
    assert newest.events[0].message == "the hook said no"
    assert newest.events[0].ended == AT.replace(second=12)


def test_deployments_of_other_aliases_are_passed_over(script: Script) -> None:
    lists(script, ["d-2", "d-1"])
    describes(script, info(2), info(1))
    targets(script, 2, alias="beta")
    targets(script, 1)
    found = deployments.rollout(script.aws, TARGET, [GROUP])
    assert found.deployment is not None and found.deployment.id == "d-1"


def test_a_rollback_comes_with_the_deployment_it_undoes(script: Script) -> None:
    rollback = {"rollbackTriggeringDeploymentId": "d-1", "rollbackMessage": "going back"}
    undone = {"rollbackDeploymentId": "d-2"}
    lists(script, ["d-2", "d-1"])
    describes(
        script,
        info(2, "InProgress", creator="codeDeployRollback", rollbackInfo=rollback),
        info(1, "Stopped", rollbackInfo=undone),
    )
    targets(script, 2)
    targets(script, 1)
    found = deployments.rollout(script.aws, TARGET, [GROUP])
    assert found.deployment is not None and found.previous is not None
    assert found.deployment.rolls_back == "d-1" and found.deployment.active
    assert (found.previous.id, found.previous.rolled_back_by) == ("d-1", "d-2")


def test_one_that_has_not_started_has_no_versions_yet_and_still_counts(script: Script) -> None:
    lists(script, ["d-2"])
    describes(script, info(2, "Created"))
    script.fails("codedeploy", "list_deployment_targets", "DeploymentNotStartedException")
    newest = deployments.rollout(script.aws, TARGET, [GROUP]).deployment
    assert newest is not None and newest.active
    assert (newest.function, newest.target_version, newest.events) == (None, None, ())


def test_none_hides_behind_a_long_list(script: Script) -> None:
    lists(script, ["d-1"], more=True)
    lists(script, ["d-2"], *deployments.ACTIVE)
    describes(script, info(2, "InProgress"), info(1))
    assert [d.id for d in deployments.recent(script.aws, GROUP)] == ["d-2", "d-1"]


def test_the_target_of_an_ended_deployment_is_asked_for_once(script: Script) -> None:
    lists(script, ["d-1"])
    describes(script, info(1))
    targets(script, 1)
    lists(script, ["d-1"])
    describes(script, info(1))
    for _ in range(2):
        found = deployments.rollout(script.aws, TARGET, [GROUP])
        assert found.deployment is not None and found.deployment.target_version == 42


def test_the_target_of_a_running_one_is_asked_for_every_time(script: Script) -> None:
    for first in (True, False):
        lists(script, ["d-1"])
        describes(script, info(1, "InProgress"))
        targets(script, 1, ids_known=not first)
    for _ in range(2):
        deployments.rollout(script.aws, TARGET, [GROUP])


def test_a_group_without_deployments_is_still_the_group(script: Script) -> None:
    lists(script, [])
    found = deployments.rollout(script.aws, TARGET, [GROUP])
    assert (found.deployment, found.group) == (None, GROUP)


def test_a_status_that_is_not_known_is_an_error_and_no_end(script: Script) -> None:
    lists(script, ["d-2"])
    describes(script, info(2, "Pondering"))
    with pytest.raises(LambdactlError, match="d-2 is Pondering"):
        deployments.recent(script.aws, GROUP)


def test_a_group_that_has_gone_is_looked_for_again(script: Script) -> None:
    for name in ("group", "newer"):
        tagged(script, TAGS)
        in_stack(
            script,
            resource("App", discovery.APPLICATION_TYPE, "app"),
            resource("CheckoutDeploymentGroup", discovery.GROUP_TYPE, name),
        )
    script.fails("codedeploy", "list_deployments", "DeploymentGroupDoesNotExistException")
    script.expect("codedeploy", "list_deployments", None, {"deployments": []})
    found, rollout = discovery.rollout(script.aws, TARGET)
    assert found.groups == (GroupName("app", "newer"),)
    assert rollout.group == GroupName("app", "newer")


def test_what_runs_is_asked_for_by_status(script: Script) -> None:
    lists(script, ["d-2"], *deployments.ACTIVE)
    describes(script, info(2, "InProgress"))
    assert [d.id for d in deployments.running(script.aws, [GROUP])] == ["d-2"]


def test_a_group_and_its_config(script: Script) -> None:
    script.expect(
        "codedeploy",
        "get_deployment_group",
        IN_GROUP,
        {
            "deploymentGroupInfo": {
                "deploymentConfigName": "config",
                "alarmConfiguration": {"enabled": True, "alarms": [{"name": "a"}, {"name": "b"}]},
                "autoRollbackConfiguration": {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]},
                "serviceRoleArn": "role",
            }
        },
    )
    group = deployments.group(script.aws, GROUP)
    assert group == DeploymentGroup(
        "app", "group", "config", ("a", "b"), True, frozenset({"DEPLOYMENT_FAILURE"}), "role"
    )


@pytest.mark.parametrize(
    ("routing", "config"),
    [
        (
            {
                "type": "TimeBasedCanary",
                "timeBasedCanary": {"canaryPercentage": 10, "canaryInterval": 5},
            },
            DeploymentConfig("c", "TimeBasedCanary", 10, 5),
        ),
        (
            {
                "type": "TimeBasedLinear",
                "timeBasedLinear": {"linearPercentage": 10, "linearInterval": 1},
            },
            DeploymentConfig("c", "TimeBasedLinear", 10, 1),
        ),
        ({"type": "AllAtOnce"}, DeploymentConfig("c", "AllAtOnce")),
    ],
)
def test_a_config_is_asked_for_once(
    script: Script, routing: dict[str, Any], config: DeploymentConfig
) -> None:
    script.expect(
        "codedeploy",
        "get_deployment_config",
        {"deploymentConfigName": "c"},
        {"deploymentConfigInfo": {"trafficRoutingConfig": routing}},
    )
    assert deployments.config(script.aws, "c") == config
    assert deployments.config(script.aws, "c") == config


def tagged(script: Script, tags: dict[str, str]) -> None:
    script.expect("lambda", "get_function", {"FunctionName": "checkout"}, {"Tags": tags})


def resource(logical_id: str, kind: str, physical_id: str | None) -> dict[str, Any]:
    row = {
        "LogicalResourceId": logical_id,
        "ResourceType": kind,
        "LastUpdatedTimestamp": AT,
        "ResourceStatus": "CREATE_COMPLETE",
    }
    return {**row, "PhysicalResourceId": physical_id} if physical_id else row


def in_stack(script: Script, *resources: dict[str, Any]) -> None:
    script.expect(
        "cloudformation",
        "list_stack_resources",
        {"StackName": "shop"},
        {"StackResourceSummaries": list(resources)},
    )


def test_the_group_that_sam_names_after_the_function_is_found_once(script: Script) -> None:
    tagged(script, TAGS)
    in_stack(
        script,
        resource("ServerlessDeploymentApplication", discovery.APPLICATION_TYPE, "app"),
        resource("CheckoutDeploymentGroup", discovery.GROUP_TYPE, "group"),
        resource("OtherDeploymentGroup", discovery.GROUP_TYPE, "other"),
    )
    for _ in range(2):
        found = discovery.discover(script.aws, "checkout")
        assert (found.stack, found.groups, found.unread) == ("shop", (GROUP,), ())


def test_a_group_by_another_name_is_known_by_what_it_moves(script: Script) -> None:
    tagged(script, TAGS)
    in_stack(
        script,
        resource("App", discovery.APPLICATION_TYPE, "app"),
        resource("Canaries", discovery.GROUP_TYPE, "group"),
        resource("Unmade", discovery.GROUP_TYPE, None),
    )
    lists(script, ["d-1"])
    describes(script, info(1))
    targets(script, 1, function="arn:aws:lambda:eu-west-1:123456789012:function:checkout")
    assert discovery.discover(script.aws, "checkout").groups == (GROUP,)


def test_that_there_is_no_group_is_not_remembered_when_it_matters(script: Script) -> None:
    for _ in range(2):
        tagged(script, {})
        script.expect("codedeploy", "list_applications", {}, {"applications": []})
    for afresh in (False, False, True):
        assert discovery.discover(script.aws, "checkout", afresh=afresh).groups == ()


def every_group(script: Script) -> None:
    script.expect("codedeploy", "list_applications", {}, {"applications": ["app", "web"]})
    script.expect(
        "codedeploy",
        "batch_get_applications",
        {"applicationNames": ["app", "web"]},
        {
            "applicationsInfo": [
                {"applicationName": "app", "computePlatform": "Lambda"},
                {"applicationName": "web", "computePlatform": "Server"},
            ]
        },
    )
    script.expect(
        "codedeploy",
        "list_deployment_groups",
        {"applicationName": "app"},
        {"deploymentGroups": ["group"]},
    )
    lists(script, ["d-1"])
    describes(script, info(1))


def test_without_a_stack_every_lambda_group_is_asked(script: Script) -> None:
    tagged(script, {})
    every_group(script)
    targets(script, 1)
    found = discovery.discover(script.aws, "checkout")
    assert (found.stack, found.groups) == (None, (GROUP,))


def test_groups_of_other_functions_are_not_taken(script: Script) -> None:
    tagged(script, {})
    every_group(script)
    targets(script, 1, function="other")
    assert discovery.discover(script.aws, "checkout").groups == ()


def test_a_group_whose_first_deployment_has_not_started_may_be_ours(script: Script) -> None:
    tagged(script, {})
    script.expect("codedeploy", "list_applications", {}, {"applications": ["app"]})
    told = {"applicationName": "app", "computePlatform": "Lambda"}
    script.expect("codedeploy", "batch_get_applications", None, {"applicationsInfo": [told]})
    groups = {"deploymentGroups": ["group"]}
    script.expect("codedeploy", "list_deployment_groups", None, groups)
    lists(script, ["d-1"])
    describes(script, info(1, "Created"))
    script.fails("codedeploy", "list_deployment_targets", "DeploymentNotStartedException")
    assert discovery.discover(script.aws, "checkout").groups == (GROUP,)


def test_a_stack_that_cannot_be_read_is_recorded_and_every_group_is_asked(script: Script) -> None:
    tagged(script, TAGS)
    action = "cloudformation:ListStackResources"
    script.fails(
        "cloudformation", "list_stack_resources", "AccessDenied", message=denied(action), status=403
    )
    every_group(script)
    targets(script, 1)
    found = discovery.discover(script.aws, "checkout")
    assert found.groups == (GROUP,)
    assert [(u.part, u.reason) for u in found.unread] == [("stack", f"no permission: {action}")]


def test_codedeploy_that_cannot_be_read_is_an_error_not_an_absence(script: Script) -> None:
    tagged(script, {})
    script.fails("codedeploy", "list_applications", "AccessDeniedException", status=403)
    with pytest.raises(PermissionDenied, match="codedeploy:ListApplications"):
        discovery.discover(script.aws, "checkout")
