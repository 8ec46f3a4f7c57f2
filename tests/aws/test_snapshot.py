"""One look: which calls it makes, what fails alone, what fails the whole, and the inventory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdactl.aws.routings import KnownRouting, Since
from lambdactl.errors import CredentialsError, NotFound
from lambdactl.model import Deployment, Inventory, Routing, Snapshot, Target, Unread, VersionUse
from tests.aws.stubs import ACCOUNT, ARN, Script, denied
from tests.aws.test_deployments import (
    AT,
    TAGS,
    describes,
    in_stack,
    info,
    lists,
    resource,
    tagged,
    targets,
)
from tests.aws.test_metrics import metric_alarm
from tests.aws.test_reads import alias_row, version_row

TARGET = Target("checkout", "live")
DATE = "Fri, 20 Nov 2026 14:03:20 GMT"
NOW = datetime(2026, 11, 20, 14, 3, 20, tzinfo=UTC)


def identity(script: Script) -> None:
    answer = {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/op"}
    script.expect("sts", "get_caller_identity", {}, answer, date=DATE)


def function(script: Script, *versions: str) -> None:
    identity(script)
    row = alias_row({"42": 0.1})
    script.expect("lambda", "list_aliases", None, {"Aliases": [row]}, date=DATE)
    rows = [version_row(v) for v in ("$LATEST", *versions)]
    script.expect("lambda", "list_versions_by_function", None, {"Versions": rows})


def stack(script: Script) -> None:
    tagged(script, TAGS)
    in_stack(
        script,
        resource("App", "AWS::CodeDeploy::Application", "app"),
        resource("CheckoutDeploymentGroup", "AWS::CodeDeploy::DeploymentGroup", "group"),
        resource("CheckoutVersion1234567890", "AWS::Lambda::Version", f"{ARN}:42"),
    )


def group(script: Script) -> None:
    told: dict[str, Any] = {
        "deploymentConfigName": "config",
        "alarmConfiguration": {"enabled": True, "alarms": [{"name": "errors"}]},
    }
    script.expect("codedeploy", "get_deployment_group", None, {"deploymentGroupInfo": told})
    script.expect(
        "codedeploy",
        "get_deployment_config",
        {"deploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent5Minutes"},
        {"deploymentConfigInfo": {"trafficRoutingConfig": {"type": "AllAtOnce"}}},
    )


def running(script: Script) -> None:
    lists(script, ["d-1"])
    describes(script, info(1, "InProgress"))
    targets(script, 1)


def full_look(script: Script) -> Snapshot:
    function(script, "41", "42")
    stack(script)
    running(script)
    group(script)
    alarms = {"MetricAlarms": [metric_alarm("errors")]}
    script.expect("cloudwatch", "describe_alarms", None, alarms)
    script.expect("cloudwatch", "get_metric_data", None, {"MetricDataResults": []})
    return script.aws.snapshot(TARGET)


def test_a_look_at_a_running_rollout(script: Script) -> None:
    looked = full_look(script)
    assert (looked.taken - NOW).total_seconds() < 60.0
    assert looked.alias is not None and looked.alias.routing == Routing(41, 42, 10.0)
    assert [v.number for v in looked.versions] == [41, 42]
    assert looked.active_deployment is not None and looked.active_deployment.target_version == 42
    assert looked.group is not None and looked.group.alarms == ("errors",)
    assert looked.config is not None and looked.config.type == "AllAtOnce"
    assert [a.name for a in looked.alarms] == ["errors"]
    assert looked.metrics is not None and sorted(looked.metrics.series) == [41, 42]
    assert looked.stack == "shop"
    assert (looked.storage, looked.provisioned, looked.inventory) == (None, None, None)
    assert looked.unread == ()


def test_the_second_look_asks_only_for_what_changes(script: Script) -> None:
    full_look(script)
    script.aws.calls.clear()
    script.expect("lambda", "list_aliases", None, {"Aliases": [alias_row()]})
    script.expect("lambda", "list_versions_by_function", None, {"Versions": []})
    lists(script, ["d-1"])
    describes(script, info(1, "InProgress"))
    targets(script, 1, ids_known=True)
    alarms = {"MetricAlarms": [metric_alarm("errors")]}
    script.expect("cloudwatch", "describe_alarms", None, alarms)
    script.expect("cloudwatch", "get_metric_data", None, {"MetricDataResults": []})
    script.aws.snapshot(TARGET)
    assert script.aws.calls.total() == 7


def test_an_alias_that_is_not_there_is_none_and_a_function_not_found(script: Script) -> None:
    identity(script)
    script.expect("lambda", "list_aliases", None, {"Aliases": [alias_row(Name="beta")]})
    script.expect("lambda", "list_versions_by_function", None, {"Versions": []})
    tagged(script, {})
    script.expect("codedeploy", "list_applications", {}, {"applications": []})
    looked = script.aws.snapshot(TARGET)
    assert looked.alias is None and [a.name for a in looked.aliases] == ["beta"]
    assert looked.unread == ()
    script.fails("lambda", "list_aliases", "ResourceNotFoundException", status=404)
    with pytest.raises(NotFound, match="function checkout"):
        script.aws.snapshot(TARGET)


def test_each_part_fails_alone_and_names_its_permission(script: Script) -> None:
    function(script, "41", "42")
    stack(script)
    running(script)
    group(script)
    script.fails(
        "cloudwatch",
        "describe_alarms",
        "AccessDenied",
        message=denied("cloudwatch:DescribeAlarms"),
        status=403,
    )
    script.fails("cloudwatch", "get_metric_data", "Throttling")
    script.fails("lambda", "get_account_settings", "ServiceException", status=500)
    looked = script.aws.snapshot(TARGET, storage=True)
    assert looked.alias is not None and looked.deployment is not None
    assert (looked.alarms, looked.metrics, looked.storage) == ((), None, None)
    assert {u.part: u.reason for u in looked.unread} == {
        "alarms": "no permission: cloudwatch:DescribeAlarms",
        "metrics": "AWS asked to slow down: cloudwatch:GetMetricData for metrics of checkout:live",
        "storage": "lambda:GetAccountSettings failed inside AWS (HTTP 500)",
    }


def test_deployments_that_cannot_be_read_are_unread_not_absent(script: Script) -> None:
    function(script, "41", "42")
    stack(script)
    action = "codedeploy:ListDeployments"
    script.fails("codedeploy", "list_deployments", "AccessDeniedException", message=denied(action))
    looked = script.aws.snapshot(TARGET, metrics=False)
    assert looked.deployment is None
    unread = looked.unreadable("deployment")
    assert unread is not None and unread.reason == f"no permission: {action}"


def test_tags_that_may_not_be_read_are_unread_and_every_group_is_asked(script: Script) -> None:
    function(script, "41", "42")
    message = denied("lambda:ListTags").ljust(84)
    error = {"TagsError": {"ErrorCode": "AccessDeniedException", "Message": message}}
    script.expect("lambda", "get_function", None, error)
    script.expect("codedeploy", "list_applications", {}, {"applications": []})
    looked = script.aws.snapshot(TARGET, metrics=False)
    assert looked.stack is None and looked.unreadable("deployment") is None
    unread = looked.unreadable("stack")
    assert unread is not None and unread.reason == "no permission: lambda:ListTags"


def test_credentials_that_run_out_in_the_middle_fail_the_whole(script: Script) -> None:
    function(script, "41", "42")
    script.fails("lambda", "get_function", "ExpiredTokenException")
    with pytest.raises(CredentialsError):
        script.aws.snapshot(TARGET)


def plain_function(script: Script, *versions: str) -> None:
    """A function that no stack made and no group moves."""
    function(script, *versions)
    tagged(script, {})
    script.expect("codedeploy", "list_applications", {}, {"applications": []})


@pytest.mark.parametrize("asked", [{"to": 42}, {"checks": True}])
def test_what_a_shift_checks_is_read_when_it_is_asked_for(
    script: Script, asked: dict[str, Any]
) -> None:
    plain_function(script, "41", "42")
    script.expect(
        "lambda",
        "get_function_configuration",
        {"FunctionName": "checkout", "Qualifier": "42"},
        {"State": "Pending"},
    )
    rows = [{"FunctionArn": f"{ARN}:live"}]
    script.expect(
        "lambda",
        "list_provisioned_concurrency_configs",
        None,
        {"ProvisionedConcurrencyConfigs": rows},
    )
    looked = script.aws.snapshot(TARGET, metrics=False, **asked)
    states = {v.number: v.state for v in looked.versions}
    assert states == {41: None, 42: "Pending"}
    assert looked.provisioned == frozenset({"live"})


def test_without_a_canary_the_newest_version_is_the_one_that_may_gain(script: Script) -> None:
    identity(script)
    script.expect("lambda", "list_aliases", None, {"Aliases": [alias_row()]})
    rows = [version_row("41"), version_row("43")]
    script.expect("lambda", "list_versions_by_function", None, {"Versions": rows})
    tagged(script, {})
    script.expect("codedeploy", "list_applications", {}, {"applications": []})
    asked = {"FunctionName": "checkout", "Qualifier": "43"}
    script.expect("lambda", "get_function_configuration", asked, {"State": "Active"})
    script.expect("lambda", "list_provisioned_concurrency_configs", None, {})
    looked = script.aws.snapshot(TARGET, metrics=False, checks=True)
    assert {v.number: v.state for v in looked.versions} == {41: None, 43: "Active"}


def test_a_console_asks_for_checks_now_and_then_and_a_write_afresh(script: Script) -> None:
    plain_function(script, "41", "42")
    asked = {"FunctionName": "checkout", "Qualifier": "42"}
    states = iter(("Active", "Failed"))

    def checks() -> None:
        script.expect("lambda", "get_function_configuration", asked, {"State": next(states)})
        script.expect("lambda", "list_provisioned_concurrency_configs", None, {})

    def again() -> None:
        script.expect("lambda", "list_aliases", None, {"Aliases": [alias_row({"42": 0.1})]})
        rows = [version_row("41"), version_row("42")]
        script.expect("lambda", "list_versions_by_function", None, {"Versions": rows})

    checks()
    again()
    again()
    checks()
    for options, state in (({"checks": True}, "Active"),) * 2 + (({"to": 42}, "Failed"),):
        looked = script.aws.snapshot(TARGET, metrics=False, **options)
        found = looked.version(42)
        assert found is not None and found.state == state


def test_the_state_of_a_version_that_is_not_there_is_not_asked_for(script: Script) -> None:
    plain_function(script, "41", "42")
    script.expect("lambda", "list_provisioned_concurrency_configs", None, {})
    looked = script.aws.snapshot(TARGET, metrics=False, to=99)
    assert looked.version(99) is None and looked.unread == ()


def uses(script: Script, *, mappings: list[dict[str, Any]]) -> None:
    script.expect("lambda", "list_event_source_mappings", {}, {"EventSourceMappings": mappings})
    script.expect(
        "lambda",
        "list_provisioned_concurrency_configs",
        None,
        {"ProvisionedConcurrencyConfigs": [{"FunctionArn": f"{ARN}:33"}]},
    )
    configs = [{"FunctionArn": f"{ARN}:live"}, {"FunctionArn": f"{ARN}:34"}]
    script.expect(
        "lambda",
        "list_function_event_invoke_configs",
        None,
        {"FunctionEventInvokeConfigs": configs},
    )
    script.expect("cloudwatch", "list_metrics", None, {"Metrics": []})


def policy(script: Script, number: int, *, there: bool) -> None:
    if there:
        asked = {"FunctionName": "checkout", "Qualifier": str(number)}
        script.expect("lambda", "get_policy", asked, {"Policy": "{}"})
    else:
        script.fails("lambda", "get_policy", "ResourceNotFoundException", status=404)


def unlimited(script: Script) -> None:
    script.aws.buckets.set_pace(speed=1_000_000.0)


def test_the_inventory_knows_what_uses_a_version_by_its_number(script: Script) -> None:
    unlimited(script)
    function(script, "31", "32", "41", "42")
    stack(script)
    lists(script, ["d-2", "d-1"])
    describes(script, info(2, "Failed"), info(1))
    targets(script, 2)
    group(script)
    script.expect("cloudwatch", "describe_alarms", None, {"MetricAlarms": [metric_alarm("errors")]})
    policy(script, 31, there=True)
    policy(script, 32, there=False)
    other = ARN.replace("checkout", "other")
    mappings = [{"FunctionArn": f"{ARN}:35"}, {"FunctionArn": ARN}, {"FunctionArn": f"{other}:9"}]
    uses(script, mappings=mappings)
    lists(script, ["d-2", "d-1"])
    describes(script, info(2, "Failed"), info(1))
    targets(script, 1)
    status = {"StackName": "shop", "CreationTime": AT, "StackStatus": "UPDATE_COMPLETE"}
    script.expect("cloudformation", "describe_stacks", {"StackName": "shop"}, {"Stacks": [status]})
    rows = (resource("V", "AWS::Lambda::Version", f"{ARN}:42"),)
    in_stack(script, *rows)
    looked = script.aws.snapshot(TARGET, metrics=False, inventory=True).inventory
    assert looked is not None
    assert set(looked.uses) == {
        VersionUse(31, "resource policy", 11),
        VersionUse(33, "provisioned concurrency", 9),
        VersionUse(34, "asynchronous invocation", 10),
        VersionUse(35, "event source mapping", 8),
    }
    assert looked.policies_read == {31, 32, 41, 42}
    assert [d.id for d in looked.deployments] == ["d-2", "d-1"]
    assert all(isinstance(d, Deployment) and d.current_version == 41 for d in looked.deployments)
    assert looked.stack is not None
    assert (looked.stack.status, looked.stack.versions) == ("UPDATE_COMPLETE", frozenset({42}))
    assert looked.unread == ()


def test_the_last_success_is_found_behind_a_row_of_failures(script: Script) -> None:
    unlimited(script)
    function(script, "41", "42")
    stack(script)
    lists(script, ["d-2"])
    describes(script, info(2, "Failed"))
    targets(script, 2)
    group(script)
    script.expect("cloudwatch", "describe_alarms", None, {"MetricAlarms": [metric_alarm("errors")]})
    uses(script, mappings=[])
    lists(script, ["d-2"])
    describes(script, info(2, "Failed"))
    lists(script, ["d-1"], "Succeeded")
    describes(script, info(1))
    targets(script, 1)
    status = {"StackName": "shop", "CreationTime": AT, "StackStatus": "UPDATE_COMPLETE"}
    script.expect("cloudformation", "describe_stacks", None, {"Stacks": [status]})
    in_stack(script)
    looked = script.aws.snapshot(TARGET, metrics=False, inventory=True).inventory
    assert looked is not None and [d.id for d in looked.deployments] == ["d-2", "d-1"]


def inventory_without(script: Script) -> Inventory:
    looked = script.aws.snapshot(TARGET, metrics=False, inventory=True).inventory
    assert looked is not None
    return looked


def test_a_source_that_cannot_be_read_is_unread_and_the_others_are_kept(script: Script) -> None:
    unlimited(script)
    plain_function(script, "31", "41", "42")
    script.fails("lambda", "get_policy", "AccessDeniedException", status=403)
    script.fails(
        "lambda",
        "list_event_source_mappings",
        "AccessDeniedException",
        message=denied("lambda:ListEventSourceMappings"),
    )
    script.expect("lambda", "list_provisioned_concurrency_configs", None, {})
    script.expect("lambda", "list_function_event_invoke_configs", None, {})
    script.expect("cloudwatch", "list_metrics", None, {})
    looked = inventory_without(script)
    assert looked.policies_read == {41, 42}
    assert looked.unread[0] == Unread(
        "resource policies",
        "no permission: lambda:GetPolicy",
        "ask for lambda:GetPolicy; lambdactl iam-policy prints who needs what",
    )
    assert looked.unread[1].part == "event source mappings"


def test_versions_with_durable_executions_under_way_are_in_use(script: Script) -> None:
    unlimited(script)
    identity(script)
    script.expect("lambda", "list_aliases", None, {"Aliases": [alias_row()]})
    durable = {"DurableConfig": {"ExecutionTimeout": 60}}
    rows = [version_row("30", **durable), version_row("31", **durable), version_row("41")]
    script.expect("lambda", "list_versions_by_function", None, {"Versions": rows})
    tagged(script, {})
    script.expect("codedeploy", "list_applications", {}, {"applications": []})
    policy(script, 30, there=False)
    policy(script, 31, there=False)
    uses(script, mappings=[])
    for number, answer in (("30", {"DurableExecutions": []}), ("31", {"NextMarker": "m"})):
        script.expect(
            "lambda",
            "list_durable_executions_by_function",
            {
                "FunctionName": "checkout",
                "Qualifier": number,
                "Statuses": ["RUNNING", "PAUSING", "PAUSED"],
                "MaxItems": 1,
            },
            answer,
        )
    looked = inventory_without(script)
    assert VersionUse(31, "durable execution running", 12) in looked.uses
    assert 30 not in {u.version for u in looked.uses}


def test_a_shift_that_happened_between_two_looks_is_dated_by_the_second(script: Script) -> None:
    first = full_look(script)
    assert (first.split_since, first.weight_since) == (None, None)
    script.expect("lambda", "list_aliases", None, {"Aliases": [alias_row({"42": 0.25})]})
    script.expect("lambda", "list_versions_by_function", None, {"Versions": []})
    second = script.aws.snapshot(TARGET, metrics=False, rollout=False)
    assert (second.split_since, second.weight_since) == (None, second.taken)


def test_a_routing_is_dated_by_the_look_that_saw_it_first() -> None:
    known = KnownRouting()
    minutes = [NOW + timedelta(minutes=n) for n in range(6)]
    assert known.see(Routing(41), minutes[0]) == Since()
    assert known.see(Routing(41, 42, 10.0), minutes[1]) == Since(
        split=minutes[1], weight=minutes[1], unsplit=minutes[0]
    )
    assert known.see(Routing(41, 42, 25.0), minutes[2]) == Since(
        split=minutes[1], weight=minutes[2], unsplit=minutes[0]
    )
    assert known.see(Routing(41, 42, 10.0), minutes[1]) == Since()
    assert known.see(Routing(41, 42, 0.0), minutes[3]) == Since(
        split=minutes[3], weight=minutes[3], unsplit=minutes[2]
    )
    assert known.see(Routing(41, 42, 10.0), minutes[4]) == Since(
        split=minutes[4], weight=minutes[4], unsplit=minutes[3]
    )
    assert known.see(Routing(41, 42, 10.0), minutes[5]) == Since(
        split=minutes[4], weight=minutes[4], unsplit=minutes[3]
    )
