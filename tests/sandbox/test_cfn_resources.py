"""Every type of resource, made and changed and removed by a stack, as its own service sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.cloudformation.resources import KINDS
from lambdactl.sandbox.cloudformation.shapes import as_input
from tests.sandbox.cfn_world import Stacks, alarm, body, open_stacks, role, zipped

NAMED = ["CAPABILITY_NAMED_IAM"]
ROLE = "arn:aws:iam::000000000000:role/service"
ALLOW = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}


@pytest.fixture
def stacks() -> Iterator[Stacks]:
    with open_stacks() as opened:
        yield opened


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def function(**properties: Any) -> dict[str, Any]:
    given = {
        "Code": {"ZipFile": "def handler(event, context):\n    return 1\n"},
        "FunctionName": "f",
        "Handler": "index.handler",
        "Role": ROLE,
        "Runtime": "python3.13",
    }
    return resource("AWS::Lambda::Function", **{**given, **properties})


def made(stacks: Stacks, **resources: Any) -> None:
    template = body(resources)
    assert stacks.create(template, Capabilities=NAMED) == "CREATE_COMPLETE", stacks.full_events()


def changed(stacks: Stacks, **resources: Any) -> None:
    template = body(resources)
    assert stacks.update(template, Capabilities=NAMED) == "UPDATE_COMPLETE", stacks.full_events()


def deleted(stacks: Stacks) -> None:
    stack_id = stacks.stack()["StackId"]
    stacks.client().delete_stack(StackName="web")
    assert stacks.settle(stack_id) == "DELETE_COMPLETE", stacks.full_events(stack_id)


def status_of(call: Any, **params: Any) -> int:
    with pytest.raises(ClientError) as caught:
        call(**params)
    return int(caught.value.response["ResponseMetadata"]["HTTPStatusCode"])


def is_gone(call: Any, **params: Any) -> bool:
    return status_of(call, **params) in (400, 404)


def is_refused(call: Any, **params: Any) -> bool:
    return status_of(call, **params) == 403


# -- properties as input --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "properties", "members"),
    [
        ("lambda:UpdateFunctionConfiguration", {"Timeout": "7"}, {"Timeout": 7}),
        ("lambda:UpdateFunctionConfiguration", {"Layers": "one"}, {"Layers": ["one"]}),
        (
            "codedeploy:CreateDeploymentGroup",
            {"AlarmConfiguration": {"Enabled": "true", "Alarms": [{"Name": "a"}]}},
            {"alarmConfiguration": {"enabled": True, "alarms": [{"name": "a"}]}},
        ),
        ("cloudwatch:PutMetricAlarm", {"Threshold": "0.5"}, {"Threshold": 0.5}),
        ("cloudwatch:PutMetricAlarm", {"AlarmName": 5}, {"AlarmName": "5"}),
        ("iam:CreateRole", {"AssumeRolePolicyDocument": {}}, {"AssumeRolePolicyDocument": "{}"}),
    ],
)
def test_properties_become_members_of_the_right_name_and_type(
    operation: str, properties: dict[str, Any], members: dict[str, Any]
) -> None:
    service, _, name = operation.partition(":")
    assert as_input(service, name, properties) == members


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"Period": "often"}, "#/Period: expected type: Number, found: String"),
        ({"Period": 1.5}, "#/Period: expected type: Number, found: Number"),
        ({"ActionsEnabled": 7}, "#/ActionsEnabled: expected type: Boolean, found: Number"),
        ({"AlarmName": ["a"]}, "#/AlarmName: expected type: String, found: JSONArray"),
        ({"Metrics": ["a"]}, "#/Metrics/0: expected type: JSONObject, found: String"),
        ({"Metrics": [{"Idd": 1}]}, "#/Metrics/0: extraneous key [Idd] is not permitted"),
    ],
)
def test_properties_that_do_not_fit_are_refused_with_their_place(
    properties: dict[str, Any], words: str
) -> None:
    with pytest.raises(ApiError) as raised:
        as_input("cloudwatch", "PutMetricAlarm", properties)
    assert raised.value.message.endswith(words)


# -- Lambda ---------------------------------------------------------------------------------------


def test_a_function_is_changed_where_its_template_is(stacks: Stacks) -> None:
    client = stacks.client("lambda")
    made(
        stacks,
        F=function(
            Timeout="7", Environment={"Variables": {"MODE": 1}}, ReservedConcurrentExecutions=5
        ),
    )
    shown = client.get_function(FunctionName="f")
    assert shown["Configuration"]["Timeout"] == 7
    assert shown["Configuration"]["Environment"]["Variables"] == {"MODE": "1"}
    assert shown["Concurrency"]["ReservedConcurrentExecutions"] == 5
    before = shown["Configuration"]["CodeSha256"]
    tags = [{"Key": "team", "Value": "ops"}]
    changed(stacks, F=function(Code={"ZipFile": "def handler(e, c): pass\n"}, Tags=tags))
    shown = client.get_function(FunctionName="f")
    assert shown["Configuration"]["CodeSha256"] != before
    assert shown["Configuration"]["Timeout"] == 3
    assert shown["Configuration"].get("Environment", {}).get("Variables", {}) == {}
    assert "Concurrency" not in shown
    assert shown["Tags"]["team"] == "ops"
    answer = client.invoke(FunctionName="f")
    assert (answer["StatusCode"], json.loads(answer["Payload"].read())) == (200, None)
    changed(stacks, F=function())
    assert "team" not in client.get_function(FunctionName="f")["Tags"]
    deleted(stacks)
    assert is_gone(client.get_function, FunctionName="f")


def test_versions_and_aliases_follow_the_template(stacks: Stacks) -> None:
    client = stacks.client("lambda")

    def template(number: int, weights: list[dict[str, Any]]) -> dict[str, Any]:
        source = f"def handler(event, context):\n    return {number}\n"
        attribute = {"Fn::GetAtt": [f"V{number}", "Version"]}
        return {
            "F": function(Code={"ZipFile": source}),
            f"V{number}": {
                **resource("AWS::Lambda::Version", FunctionName={"Ref": "F"}),
                "DeletionPolicy": "Retain",
            },
            "A": resource(
                "AWS::Lambda::Alias",
                Name="live",
                FunctionName={"Ref": "F"},
                FunctionVersion=attribute,
                RoutingConfig={"AdditionalVersionWeights": weights},
            ),
        }

    made(stacks, **template(1, []))
    changed(stacks, **template(2, [{"FunctionVersion": "1", "FunctionWeight": "0.25"}]))
    shown = client.get_alias(FunctionName="f", Name="live")
    assert shown["FunctionVersion"] == "2"
    assert shown["RoutingConfig"]["AdditionalVersionWeights"] == {"1": 0.25}
    assert stacks.physical("A") == shown["AliasArn"]
    plain = template(2, [])
    del plain["A"]
    changed(stacks, **plain)
    assert is_gone(client.get_alias, FunctionName="f", Name="live")
    removed = template(2, [])
    del removed["A"]
    removed["V2"]["DeletionPolicy"] = "Delete"
    changed(stacks, **removed)
    changed(stacks, F=removed["F"])
    listed = client.list_versions_by_function(FunctionName="f")["Versions"]
    assert [version["Version"] for version in listed] == ["$LATEST", "1"]


def test_a_permission_is_a_statement_of_the_policy(stacks: Stacks) -> None:
    client = stacks.client("lambda")

    def permission(principal: str) -> dict[str, Any]:
        return resource(
            "AWS::Lambda::Permission",
            Action="lambda:InvokeFunction",
            FunctionName={"Ref": "F"},
            Principal=principal,
        )

    def principals() -> list[str]:
        policy = json.loads(client.get_policy(FunctionName="f")["Policy"])
        return [statement["Principal"]["Service"] for statement in policy["Statement"]]

    made(stacks, F=function(), P=permission("events.amazonaws.com"))
    assert principals() == ["events.amazonaws.com"]
    changed(stacks, F=function(), P=permission("sns.amazonaws.com"))
    assert principals() == ["sns.amazonaws.com"]
    changed(stacks, F=function())
    assert is_gone(client.get_policy, FunctionName="f")


def test_a_layer_is_published_anew_when_it_changes(stacks: Stacks) -> None:
    client = stacks.client("lambda")
    s3 = stacks.client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="layer", Body=zipped(lib="X = 1"))

    def layer(description: str) -> dict[str, Any]:
        content = {"S3Bucket": "code", "S3Key": "layer"}
        kind = "AWS::Lambda::LayerVersion"
        return resource(kind, LayerName="l", Content=content, Description=description)

    made(stacks, L=layer("one"), F=function(Layers=[{"Ref": "L"}]))
    assert stacks.physical("L").endswith(":layer:l:1")
    changed(stacks, L=layer("two"), F=function(Layers=[{"Ref": "L"}]))
    listed = client.list_layer_versions(LayerName="l")["LayerVersions"]
    assert [version["Version"] for version in listed] == [2]
    shown = client.get_function_configuration(FunctionName="f")
    assert [each["Arn"][-4:] for each in shown["Layers"]] == [":l:2"]


def test_an_event_source_is_mapped_and_unmapped(stacks: Stacks) -> None:
    client = stacks.client("lambda")

    def mapping(size: int) -> dict[str, Any]:
        return resource(
            "AWS::Lambda::EventSourceMapping",
            BatchSize=size,
            EventSourceArn="arn:aws:sqs:us-east-1:000000000000:jobs",
            FunctionName={"Ref": "F"},
        )

    made(stacks, F=function(), M=mapping(5))
    changed(stacks, F=function(), M=mapping(7))
    (shown,) = client.list_event_source_mappings()["EventSourceMappings"]
    assert (shown["UUID"], shown["BatchSize"]) == (stacks.physical("M"), 7)
    changed(stacks, F=function())
    stacks.clock.advance(60)
    assert client.list_event_source_mappings()["EventSourceMappings"] == []


# -- CodeDeploy and CloudWatch --------------------------------------------------------------------


def test_a_deployment_group_and_its_config(stacks: Stacks) -> None:
    client = stacks.client("codedeploy")
    canary = {"CanaryInterval": 2, "CanaryPercentage": 20}
    config = resource(
        "AWS::CodeDeploy::DeploymentConfig",
        ComputePlatform="Lambda",
        TrafficRoutingConfig={"Type": "TimeBasedCanary", "TimeBasedCanary": canary},
    )
    app = resource("AWS::CodeDeploy::Application", ApplicationName="app", ComputePlatform="Lambda")

    def group(**properties: Any) -> dict[str, Any]:
        return resource(
            "AWS::CodeDeploy::DeploymentGroup",
            ApplicationName={"Ref": "App"},
            DeploymentGroupName="group",
            DeploymentConfigName={"Ref": "Config"},
            DeploymentStyle={
                "DeploymentType": "BLUE_GREEN",
                "DeploymentOption": "WITH_TRAFFIC_CONTROL",
            },
            ServiceRoleArn=ROLE,
            **properties,
        )

    address = {"applicationName": "app", "deploymentGroupName": "group"}
    events = {"Enabled": True, "Events": ["DEPLOYMENT_FAILURE"]}
    made(stacks, App=app, Config=config, Group=group(AutoRollbackConfiguration=events))
    shown = client.get_deployment_group(**address)["deploymentGroupInfo"]
    assert shown["deploymentConfigName"] == stacks.physical("Config")
    assert shown["autoRollbackConfiguration"]["events"] == ["DEPLOYMENT_FAILURE"]
    alarms = {"Enabled": True, "Alarms": [{"Name": "errors"}]}
    changed(stacks, App=app, Config=config, Group=group(AlarmConfiguration=alarms))
    shown = client.get_deployment_group(**address)["deploymentGroupInfo"]
    assert shown["alarmConfiguration"]["alarms"] == [{"name": "errors"}]
    assert shown["autoRollbackConfiguration"]["enabled"] is False
    deleted(stacks)
    assert is_gone(client.get_application, applicationName="app")


def test_a_composite_alarm_is_put_and_deleted(stacks: Stacks) -> None:
    rule = {"Fn::Sub": "ALARM(${Errors})"}
    both = resource("AWS::CloudWatch::CompositeAlarm", AlarmName="both", AlarmRule=rule)
    made(stacks, Errors=alarm(AlarmName="errors"), Both=both)
    client = stacks.client("cloudwatch")
    shown = client.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert [each["AlarmRule"] for each in shown] == ["ALARM(errors)"]
    deleted(stacks)
    assert stacks.alarms() == []


# -- IAM ------------------------------------------------------------------------------------------


def test_a_role_with_its_policies_follows_the_template(stacks: Stacks) -> None:
    client = stacks.client("iam")
    basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    inline = [{"PolicyName": "p", "PolicyDocument": ALLOW}]
    made(stacks, R=role(RoleName="r", Policies=inline))
    changed(stacks, R=role(RoleName="r", ManagedPolicyArns=[basic], Description="Serves."))
    assert client.list_role_policies(RoleName="r")["PolicyNames"] == []
    attached = client.list_attached_role_policies(RoleName="r")["AttachedPolicies"]
    assert [each["PolicyArn"] for each in attached] == [basic]
    deleted(stacks)
    assert is_gone(client.get_role, RoleName="r")


def test_policies_of_their_own(stacks: Stacks) -> None:
    client = stacks.client("iam")

    def policies(document: Any) -> dict[str, Any]:
        roles = [{"Ref": "R"}]
        return {
            "R": role(RoleName="r"),
            "P": resource("AWS::IAM::Policy", PolicyName="p", PolicyDocument=document, Roles=roles),
            "M": resource("AWS::IAM::ManagedPolicy", PolicyDocument=document, Roles=roles),
        }

    made(stacks, **policies(ALLOW))
    changed(stacks, **policies(DENY))
    shown = client.get_role_policy(RoleName="r", PolicyName="p")
    assert shown["PolicyDocument"] == DENY
    arn = stacks.physical("M")
    version = client.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = client.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
    assert document["Document"] == DENY
    deleted(stacks)
    assert is_gone(client.get_policy, PolicyArn=arn)


def test_users_and_groups_are_refused_not_ignored(stacks: Stacks) -> None:
    policy = resource("AWS::IAM::Policy", PolicyName="p", PolicyDocument=ALLOW, Users=["u"])
    stacks.create(body({"P": policy}), Capabilities=NAMED)
    assert "not there in the sandbox" in stacks.reason("P", "CREATE_FAILED")


# -- Logs, S3, SNS, SQS, API Gateway, and nothing at all ------------------------------------------


def test_a_log_group_keeps_its_logs_for_as_long_as_the_template_says(stacks: Stacks) -> None:
    client = stacks.client("logs")

    def group(**properties: Any) -> dict[str, Any]:
        return resource("AWS::Logs::LogGroup", LogGroupName="/aws/lambda/f", **properties)

    made(stacks, L=group(RetentionInDays="7"))
    (shown,) = client.describe_log_groups()["logGroups"]
    assert shown["retentionInDays"] == 7
    changed(stacks, L=group())
    (shown,) = client.describe_log_groups()["logGroups"]
    assert "retentionInDays" not in shown
    deleted(stacks)
    assert client.describe_log_groups()["logGroups"] == []


def test_the_bucket_that_sam_keeps_its_artifacts_in(stacks: Stacks) -> None:
    client = stacks.client("s3")
    rule = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    closed = dict.fromkeys(
        ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
    )
    bucket = resource(
        "AWS::S3::Bucket",
        VersioningConfiguration={"Status": "Enabled"},
        BucketEncryption={"ServerSideEncryptionConfiguration": [rule]},
        PublicAccessBlockConfiguration=closed,
        Tags=[{"Key": "ManagedStackSource", "Value": "AwsSamCli"}],
    )
    policy = resource("AWS::S3::BucketPolicy", Bucket={"Ref": "B"}, PolicyDocument=DENY)
    made(stacks, B=bucket, P=policy)
    name = stacks.physical("B")
    assert name == name.lower()
    assert client.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    tags = client.get_bucket_tagging(Bucket=name)["TagSet"]
    assert tags == [{"Key": "ManagedStackSource", "Value": "AwsSamCli"}]
    assert client.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"] == closed
    encryption = client.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]
    default = encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    assert default["SSEAlgorithm"] == "AES256"
    open_policy = resource("AWS::S3::BucketPolicy", Bucket={"Ref": "B"}, PolicyDocument=ALLOW)
    changed(stacks, B=bucket, P=open_policy)
    assert json.loads(client.get_bucket_policy(Bucket=name)["Policy"]) == ALLOW
    deleted(stacks)
    assert client.list_buckets()["Buckets"] == []


def test_a_bucket_that_refuses_requests_without_tls_takes_uploads(stacks: Stacks) -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    condition = {"Bool": {"aws:SecureTransport": "false"}}

    def resources(*statements: Any) -> dict[str, Any]:
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        policy = resource("AWS::S3::BucketPolicy", Bucket={"Ref": "B"}, PolicyDocument=document)
        return {"B": resource("AWS::S3::Bucket"), "P": policy}

    made(stacks, **resources({**statement, "Condition": condition}))
    bucket = stacks.physical("B")
    stacks.client("s3").put_object(Bucket=bucket, Key="k", Body=b"x")
    changed(stacks, **resources(statement))
    assert is_refused(stacks.client("s3").put_object, Bucket=bucket, Key="k", Body=b"x")


def test_a_property_of_a_bucket_that_is_not_there_is_refused(stacks: Stacks) -> None:
    stacks.create(body({"B": resource("AWS::S3::Bucket", WebsiteConfiguration={})}))
    assert "[WebsiteConfiguration] is not there in the sandbox" in stacks.reason(
        "B", "CREATE_FAILED"
    )


def test_a_topic_and_a_queue(stacks: Stacks) -> None:
    def queue(seconds: int) -> dict[str, Any]:
        return resource("AWS::SQS::Queue", QueueName="q", DelaySeconds=seconds)

    made(stacks, T=resource("AWS::SNS::Topic", DisplayName="one"), Q=queue(5))
    changed(stacks, T=resource("AWS::SNS::Topic", DisplayName="two"), Q=queue(9))
    arn = stacks.physical("T")
    topic = stacks.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    assert topic["DisplayName"] == "two"
    found = stacks.client("sqs").get_queue_attributes(
        QueueUrl=stacks.physical("Q"), AttributeNames=["DelaySeconds"]
    )
    assert found["Attributes"] == {"DelaySeconds": "9"}
    deleted(stacks)
    assert stacks.client("sns").list_topics()["Topics"] == []
    assert "QueueUrls" not in stacks.client("sqs").list_queues()


def test_an_http_api_is_made_from_its_body_and_from_its_properties(stacks: Stacks) -> None:
    client = stacks.client("apigatewayv2")

    def api(title: str) -> dict[str, Any]:
        integration = {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "payloadFormatVersion": "2.0",
            "uri": {
                "Fn::Sub": "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
                "${F.Arn}/invocations"
            },
        }
        paths = {"/v": {"get": {"x-amazon-apigateway-integration": integration, "responses": {}}}}
        info = {"title": title, "version": "1"}
        return resource(
            "AWS::ApiGatewayV2::Api", Body={"openapi": "3.0.1", "info": info, "paths": paths}
        )

    stage = resource(
        "AWS::ApiGatewayV2::Stage", ApiId={"Ref": "A"}, StageName="$default", AutoDeploy=True
    )
    plain = resource("AWS::ApiGatewayV2::Api", Name="plain", ProtocolType="HTTP")
    made(stacks, F=function(), A=api("one"), S=stage, P=plain)
    api_id = stacks.physical("A")
    changed(stacks, F=function(), A=api("two"), S=stage, P=plain)
    assert client.get_api(ApiId=api_id)["Name"] == "two"
    assert {each["Name"] for each in client.get_apis()["Items"]} == {"two", "plain"}
    deleted(stacks)
    assert client.get_apis()["Items"] == []


def test_a_wait_condition_handle_is_nothing_but_an_address(stacks: Stacks) -> None:
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    made(stacks, H=handle)
    assert stacks.physical("H").startswith("https://cloudformation-waitcondition-us-east-1.s3")
    deleted(stacks)


def test_every_type_has_what_a_type_needs() -> None:
    for name, kind in KINDS.items():
        assert kind.type == name
        assert kind.named_by is None or kind.named_by in kind.fixed
