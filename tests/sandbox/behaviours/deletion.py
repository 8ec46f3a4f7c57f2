"""Sections 1.5 to 1.7: what DeleteFunction refuses, and what it does not."""

from __future__ import annotations

import pytest

from tests.sandbox.behaviours import CONFLICT, INVALID, MISSING, Place, refused, row, told

F = {"FunctionName": "f"}


def numbers(p: Place) -> list[str]:
    return [v["Version"] for v in p.lambda_.list_versions_by_function(**F)["Versions"][1:]]


def status(p: Place, **params: str) -> int:
    answer = p.lambda_.delete_function(**params)
    return int(answer["ResponseMetadata"]["HTTPStatusCode"])


@row("1.5", "V", "A version that nothing references: 204, and only that version goes")
def one_version_goes(p: Place) -> None:
    p.function()
    assert (status(p, **F, Qualifier="2"), numbers(p)) == (204, ["1", "3"])


@row("1.5", "V", "Without Qualifier the whole function goes, its aliases with it")
def everything_goes(p: Place) -> None:
    p.function()
    assert status(p, **F) == 204
    assert refused(p.lambda_.get_alias, **F, Name="live") == (404, MISSING)


@row("1.5", "V", "A version that is not there: 204, and nothing happens")
def an_absent_version_is_deleted(p: Place) -> None:
    p.function()
    assert (status(p, **F, Qualifier="99"), numbers(p)) == (204, ["1", "2", "3"])


@row("1.5", "V", "A function that is not there: 404")
def an_absent_function(p: Place) -> None:
    assert refused(p.lambda_.delete_function, **F) == (404, MISSING)
    assert refused(p.lambda_.delete_function, **F, Qualifier="1") == (404, MISSING)


@row("1.5", "I", "A version that an alias points to: 409, with the aliases named")
def aliases_hold(p: Place) -> None:
    p.function()
    sentence = "Unable to delete version because the following aliases reference it: [live]"
    assert told(p.lambda_.delete_function, **F, Qualifier="1") == (409, CONFLICT, sentence)


@row("1.5", "V", "An alias as Qualifier: 400, with AWS's sentence")
def aliases_are_not_deleted_so(p: Place) -> None:
    p.function()
    sentence = "Deletion of aliases is not currently supported."
    assert told(p.lambda_.delete_function, **F, Qualifier="live") == (400, INVALID, sentence)


@row("1.5", "V", "A qualifier in the name and another one beside it: 400")
def two_qualifiers(p: Place) -> None:
    p.function()
    code, message = told(p.lambda_.delete_function, FunctionName="f:2", Qualifier="3")[1:]
    assert code == INVALID
    assert "derived qualifier" in message
    assert "does not match" in message


@row("1.5", "I", "A replicated Lambda@Edge version: 400, with AWS's sentence")
def replicas_hold(p: Place) -> None:
    p.function()
    p.account.services["lambda"].registry.functions["f"].published["2"].replicated = True
    code, message = told(p.lambda_.delete_function, **F, Qualifier="2")[1:]
    assert code == INVALID
    assert "because it is a replicated function" in message


@row("1.5", "M", "$LATEST.PUBLISHED is a qualifier that DeleteFunction takes")
def latest_published_goes(p: Place) -> None:
    arn = p.account.arn("lambda", "capacity-provider:pool")
    config = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": arn}}
    p.function(versions=0, CapacityProviderConfig=config)
    p.lambda_.publish_version(**F, PublishTo="LATEST_PUBLISHED")
    p.clock.advance(5.0)
    assert numbers(p) == ["$LATEST.PUBLISHED"]
    assert status(p, **F, Qualifier="$LATEST.PUBLISHED") == 202
    p.clock.advance(60.0)
    assert numbers(p) == []


@row("1.5", "M", "On a capacity provider a delete is asynchronous: 202, and the state is Deleting")
def deletes_may_take_time(p: Place) -> None:
    arn = p.account.arn("lambda", "capacity-provider:pool")
    config = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": arn}}
    p.function(versions=1, CapacityProviderConfig=config)
    assert status(p, **F) == 202
    assert p.lambda_.get_function_configuration(**F)["State"] == "Deleting"


@row("1.5", "D", "An event source mapping does not keep its version")
def mappings_do_not_hold(p: Place) -> None:
    p.function()
    arn = p.account.arn("sqs", "q")
    p.lambda_.create_event_source_mapping(FunctionName="f:2", EventSourceArn=arn)
    assert status(p, **F, Qualifier="2") == 204


@row("1.5", "D", "Provisioned concurrency does not keep its version")
def provisioning_does_not_hold(p: Place) -> None:
    p.function()
    p.lambda_.put_provisioned_concurrency_config(
        **F, Qualifier="2", ProvisionedConcurrentExecutions=1
    )
    assert status(p, **F, Qualifier="2") == 204


@row("1.5", "M", "There is no RevisionId on DeleteFunction")
def deletes_have_no_lock(p: Place) -> None:
    p.function()
    members = p.lambda_.meta.service_model.operation_model("DeleteFunction").input_shape.members
    assert "RevisionId" not in members


@row("1.6", "M", "A mapping's FunctionArn carries the qualifier, and outlives the function")
def mappings_stay(p: Place) -> None:
    p.function()
    arn = p.account.arn("sqs", "q")
    p.lambda_.create_event_source_mapping(FunctionName="f:2", EventSourceArn=arn)
    p.lambda_.delete_function(**F)
    (left,) = p.lambda_.list_event_source_mappings()["EventSourceMappings"]
    assert left["FunctionArn"].endswith("function:f:2")


@row("1.6", "V", "A resource policy is one qualifier's alone: 404 for the others")
def policies_do_not_spread(p: Place) -> None:
    p.function()
    given = {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "*"}
    p.lambda_.add_permission(**F, Qualifier="2", **given)
    assert "Policy" in p.lambda_.get_policy(**F, Qualifier="2")
    for other in ({}, {"Qualifier": "1"}, {"Qualifier": "live"}):
        assert refused(p.lambda_.get_policy, **F, **other) == (404, MISSING)
    assert refused(p.lambda_.add_permission, **F, Qualifier="$LATEST", **given)[0] == 400


@row("1.6", "V", "A version is provisioned by itself or by an alias, not by both: 409")
def provisioned_once(p: Place) -> None:
    p.function()
    put = p.lambda_.put_provisioned_concurrency_config
    put(**F, Qualifier="live", ProvisionedConcurrentExecutions=1)
    given = {**F, "Qualifier": "1", "ProvisionedConcurrentExecutions": 1}
    assert refused(put, **given) == (409, CONFLICT)


@row("1.6", "V", "Deleting an alias deletes its provisioned concurrency")
def provisioning_goes_with_the_alias(p: Place) -> None:
    p.function()
    p.lambda_.put_provisioned_concurrency_config(
        **F, Qualifier="live", ProvisionedConcurrentExecutions=1
    )
    p.lambda_.delete_alias(**F, Name="live")
    listed = p.lambda_.list_provisioned_concurrency_configs(**F)
    assert listed["ProvisionedConcurrencyConfigs"] == []


@row("1.6", "M", "Settings of asynchronous invocation are kept by qualifier")
def event_invoke_by_qualifier(p: Place) -> None:
    p.function()
    p.lambda_.put_function_event_invoke_config(**F, Qualifier="2", MaximumRetryAttempts=0)
    (kept,) = p.lambda_.list_function_event_invoke_configs(**F)["FunctionEventInvokeConfigs"]
    assert kept["FunctionArn"].endswith(":f:2")


@row("1.6", "V", "A function URL is for the function or an alias; a number is refused: 400")
def urls_are_not_for_versions(p: Place) -> None:
    p.function()
    call = p.lambda_.create_function_url_config
    assert refused(call, **F, Qualifier="1", AuthType="NONE") == (400, "ValidationException")
    assert call(**F, Qualifier="live", AuthType="NONE")["FunctionArn"].endswith(":f:live")


@row("1.7", "M", "Durable executions are listed by version and status")
def durable_executions_pin(p: Place) -> None:
    p.function(versions=2, DurableConfig={"ExecutionTimeout": 60})
    p.account.services["lambda"].put_execution("f", "1", "order")
    under_way = ["RUNNING", "PAUSING", "PAUSED"]
    ask = p.lambda_.list_durable_executions_by_function
    assert len(ask(**F, Qualifier="1", Statuses=under_way)["DurableExecutions"]) == 1
    assert ask(**F, Qualifier="2", Statuses=under_way)["DurableExecutions"] == []


@row("1.7", "M", "A durable function that is deleted drains: Deleting, DrainingDurableExecutions")
def durable_functions_drain(p: Place) -> None:
    p.function(versions=1, DurableConfig={"ExecutionTimeout": 60})
    p.account.services["lambda"].put_execution("f", "1", "order")
    p.lambda_.delete_function(**F)
    shown = p.lambda_.get_function_configuration(**F)
    assert (shown["State"], shown["StateReasonCode"]) == ("Deleting", "DrainingDurableExecutions")


@row("1.7", "D", "An unqualified invocation on a capacity provider runs $LATEST.PUBLISHED")
def unqualified_runs_latest_published(p: Place) -> None:
    arn = p.account.arn("lambda", "capacity-provider:pool")
    config = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": arn}}
    p.function(versions=1, CapacityProviderConfig=config)
    p.lambda_.publish_version(**F, PublishTo="LATEST_PUBLISHED")
    p.clock.advance(5.0)
    assert p.lambda_.invoke(**F)["ExecutedVersion"] == "$LATEST.PUBLISHED"


@row("1.5", "V", "A deleted version is not invoked: 404")
def deleted_versions_do_not_run(p: Place) -> None:
    p.function()
    p.lambda_.delete_function(**F, Qualifier="2")
    with pytest.raises(p.lambda_.exceptions.ResourceNotFoundException):
        p.lambda_.invoke(**F, Qualifier="2")
