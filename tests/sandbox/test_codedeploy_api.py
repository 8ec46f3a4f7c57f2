"""CodeDeploy's operations that start no traffic: names, groups, configs, revisions, lists."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdactl.sandbox.account import ApiError
from tests.sandbox.rollouts import ROLE, World, appspec, at, world


@pytest.fixture
def aws() -> Iterator[World]:
    with world() as made:
        yield made


def refused(code: str, call: Any, **params: Any) -> str:
    """The message of a refusal that must carry ``code`` and be a 400."""
    with pytest.raises(ClientError) as refusal:
        call(**params)
    assert refusal.value.response["Error"]["Code"] == code
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return str(refusal.value.response["Error"]["Message"])


def test_applications(aws: World) -> None:
    found = aws.deploy.get_application(applicationName="app")["application"]
    assert (found["computePlatform"], found["createTime"]) == ("Lambda", at(0))
    create = aws.deploy.create_application
    refused(
        "ApplicationAlreadyExistsException", create, applicationName="app", computePlatform="Lambda"
    )
    refused("InvalidComputePlatformException", create, applicationName="x", computePlatform="ECS")
    refused("InvalidComputePlatformException", create, applicationName="x")
    create(applicationName="second", computePlatform="Lambda")
    assert aws.deploy.list_applications()["applications"] == ["app", "second"]
    aws.deploy.update_application(applicationName="second", newApplicationName="third")
    many = aws.deploy.batch_get_applications(applicationNames=["app", "third"])
    assert [info["applicationName"] for info in many["applicationsInfo"]] == ["app", "third"]
    aws.deploy.delete_application(applicationName="third")
    aws.deploy.delete_application(applicationName="third")
    message = refused(
        "ApplicationDoesNotExistException", aws.deploy.get_application, applicationName="third"
    )
    assert message == "No application found for name: third"


def test_a_group_as_it_was_made(aws: World) -> None:
    alarms = {"enabled": True, "ignorePollAlarmFailure": False, "alarms": [{"name": "a"}]}
    aws.group(alarmConfiguration=alarms, deploymentConfigName="CodeDeployDefault.LambdaAllAtOnce")
    info = aws.deploy.get_deployment_group(applicationName="app", deploymentGroupName="group")[
        "deploymentGroupInfo"
    ]
    assert info["alarmConfiguration"] == alarms
    assert info["serviceRoleArn"] == ROLE
    assert info["deploymentConfigName"] == "CodeDeployDefault.LambdaAllAtOnce"
    assert info["deploymentStyle"] == {
        "deploymentType": "BLUE_GREEN",
        "deploymentOption": "WITH_TRAFFIC_CONTROL",
    }
    assert info["computePlatform"] == "Lambda"
    assert "lastAttemptedDeployment" not in info


def test_a_group_knows_its_last_deployments(aws: World) -> None:
    aws.group(deploymentConfigName="CodeDeployDefault.LambdaAllAtOnce")
    good = aws.start()
    aws.advance(10)
    bad = aws.start("1", "3")
    aws.advance(10)
    info = aws.deploy.get_deployment_group(applicationName="app", deploymentGroupName="group")[
        "deploymentGroupInfo"
    ]
    assert info["lastSuccessfulDeployment"]["deploymentId"] == good
    assert info["lastAttemptedDeployment"]["deploymentId"] == bad
    assert info["lastAttemptedDeployment"]["status"] == "Failed"
    assert info["targetRevision"] == aws.info(good)["revision"]
    assert aws.info(bad)["previousRevision"] == aws.info(good)["revision"]


def test_an_update_changes_what_it_names(aws: World) -> None:
    aws.group()
    aws.deploy.update_deployment_group(
        applicationName="app",
        currentDeploymentGroupName="group",
        newDeploymentGroupName="renamed",
        deploymentConfigName="CodeDeployDefault.LambdaAllAtOnce",
    )
    listed = aws.deploy.list_deployment_groups(applicationName="app")
    assert listed["deploymentGroups"] == ["renamed"]
    many = aws.deploy.batch_get_deployment_groups(
        applicationName="app", deploymentGroupNames=["renamed", "group"]
    )
    info = many["deploymentGroupsInfo"][0]
    assert info["deploymentConfigName"] == "CodeDeployDefault.LambdaAllAtOnce"
    assert info["autoRollbackConfiguration"]["enabled"] is True
    assert many["errorMessage"] == "No Deployment Group found for name: group"


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("InvalidRoleException", {"serviceRoleArn": "deployer"}),
        ("DeploymentConfigDoesNotExistException", {"deploymentConfigName": "nothing"}),
        ("InvalidAlarmConfigException", {"alarmConfiguration": {"enabled": True}}),
        (
            "InvalidAlarmConfigException",
            {"alarmConfiguration": {"enabled": True, "alarms": [{"name": "a"}, {"name": "a"}]}},
        ),
        (
            "AlarmsLimitExceededException",
            {"alarmConfiguration": {"alarms": [{"name": f"a{n}"} for n in range(11)]}},
        ),
        ("InvalidAutoRollbackConfigException", {"autoRollbackConfiguration": {"enabled": True}}),
        (
            "InvalidDeploymentStyleException",
            {"deploymentStyle": {"deploymentType": "IN_PLACE"}},
        ),
        ("InvalidInputException", {"ecsServices": [{"serviceName": "s", "clusterName": "c"}]}),
        ("ApplicationDoesNotExistException", {"applicationName": "nothing"}),
    ],
)
def test_a_group_that_cannot_be_is_refused(aws: World, code: str, change: dict[str, Any]) -> None:
    params = {"applicationName": "app", "deploymentGroupName": "g", "serviceRoleArn": ROLE}
    refused(code, aws.deploy.create_deployment_group, **{**params, **change})


def test_deployment_configs(aws: World) -> None:
    linear = {"linearPercentage": 25, "linearInterval": 2}
    params: dict[str, Any] = {
        "deploymentConfigName": "mine",
        "computePlatform": "Lambda",
        "trafficRoutingConfig": {"type": "TimeBasedLinear", "timeBasedLinear": linear},
    }
    aws.deploy.create_deployment_config(**params)
    refused("DeploymentConfigAlreadyExistsException", aws.deploy.create_deployment_config, **params)
    info = aws.deploy.get_deployment_config(deploymentConfigName="mine")["deploymentConfigInfo"]
    assert info["trafficRoutingConfig"] == params["trafficRoutingConfig"]
    aws.group(deploymentConfigName="mine")
    delete = aws.deploy.delete_deployment_config
    refused("DeploymentConfigInUseException", delete, deploymentConfigName="mine")
    refused(
        "InvalidOperationException",
        delete,
        deploymentConfigName="CodeDeployDefault.LambdaAllAtOnce",
    )
    refused("DeploymentConfigDoesNotExistException", delete, deploymentConfigName="nothing")
    deployment = aws.start()
    aws.advance(400)
    assert [(when, weights) for when, _, weights in aws.moves()] == [
        (0, {"2": 0.25}),
        (120, {"2": 0.5}),
        (240, {"2": 0.75}),
        (360, {}),
    ]
    assert aws.info(deployment)["deploymentConfigName"] == "mine"


def test_a_linear_config_that_does_not_divide_evenly(aws: World) -> None:
    linear = {"linearPercentage": 30, "linearInterval": 1}
    aws.deploy.create_deployment_config(
        deploymentConfigName="thirty",
        computePlatform="Lambda",
        trafficRoutingConfig={"type": "TimeBasedLinear", "timeBasedLinear": linear},
    )
    aws.group(deploymentConfigName="thirty")
    aws.start()
    aws.advance(300)
    assert [weights for _, _, weights in aws.moves()] == [{"2": 0.3}, {"2": 0.6}, {"2": 0.9}, {}]


@pytest.mark.parametrize(
    "routing",
    [
        {},
        {"type": "TimeBasedCanary"},
        {
            "type": "TimeBasedCanary",
            "timeBasedCanary": {"canaryPercentage": 100, "canaryInterval": 5},
        },
        {
            "type": "TimeBasedLinear",
            "timeBasedLinear": {"linearPercentage": 10, "linearInterval": 0},
        },
        {
            "type": "TimeBasedLinear",
            "timeBasedLinear": {"linearPercentage": 1, "linearInterval": 60},
        },
    ],
)
def test_a_config_that_cannot_be_is_refused(aws: World, routing: dict[str, Any]) -> None:
    refused(
        "InvalidTrafficRoutingConfigurationException",
        aws.deploy.create_deployment_config,
        deploymentConfigName="bad",
        computePlatform="Lambda",
        trafficRoutingConfig=routing,
    )


def test_the_content_of_an_appspec_is_shown_by_its_hash_only(aws: World) -> None:
    aws.group()
    content = json.dumps(appspec("1", "2"))
    sha = hashlib.sha256(content.encode()).hexdigest()
    deployment = aws.start(content=content)
    hidden = {"revisionType": "AppSpecContent", "appSpecContent": {"sha256": sha}}
    assert aws.info(deployment)["revision"] == hidden
    answer = aws.deploy.get_application_revision(applicationName="app", revision=hidden)
    assert answer["revision"]["appSpecContent"]["content"] == content
    assert answer["revisionInfo"] == {
        "registerTime": at(0),
        "firstUsedTime": at(0),
        "lastUsedTime": at(0),
        "deploymentGroups": ["group"],
    }


def test_a_registered_revision_is_deployed_by_its_hash(aws: World) -> None:
    aws.group(deploymentConfigName="CodeDeployDefault.LambdaAllAtOnce")
    content = json.dumps(appspec("1", "2"))
    raw = {"content": content, "sha256": hashlib.sha256(content.encode()).hexdigest()}
    revision = {"revisionType": "String", "string": raw}
    aws.deploy.register_application_revision(
        applicationName="app", revision=revision, description="kept"
    )
    listed = aws.deploy.list_application_revisions(applicationName="app", deployed="exclude")
    by_hash = {"revisionType": "String", "string": {"sha256": raw["sha256"]}}
    assert listed["revisions"] == [by_hash]
    deployment = aws.deploy.create_deployment(
        applicationName="app", deploymentGroupName="group", revision=by_hash
    )["deploymentId"]
    aws.advance(10)
    assert aws.info(deployment)["status"] == "Succeeded"
    batch = aws.deploy.batch_get_application_revisions(applicationName="app", revisions=[by_hash])
    assert batch["revisions"][0]["genericRevisionInfo"]["description"] == "kept"
    assert (
        aws.deploy.list_application_revisions(applicationName="app", deployed="exclude")[
            "revisions"
        ]
        == []
    )


@pytest.mark.parametrize(
    ("code", "revision"),
    [
        ("RevisionRequiredException", None),
        ("InvalidRevisionException", {"revisionType": "AppSpecContent"}),
        ("InvalidRevisionException", {"revisionType": "GitHub"}),
        (
            "InvalidRevisionException",
            {"revisionType": "AppSpecContent", "appSpecContent": {"content": "a", "sha256": "b"}},
        ),
        (
            "RevisionDoesNotExistException",
            {"revisionType": "AppSpecContent", "appSpecContent": {"sha256": "b" * 64}},
        ),
    ],
)
def test_a_revision_that_cannot_be_is_refused(
    aws: World, code: str, revision: dict[str, Any] | None
) -> None:
    aws.group()
    more = {} if revision is None else {"revision": revision}
    refused(
        code,
        aws.deploy.create_deployment,
        applicationName="app",
        deploymentGroupName="group",
        **more,
    )


def test_what_create_deployment_refuses(aws: World) -> None:
    aws.group()
    start = aws.start
    refused("InvalidInputException", start, deploymentMode="RESTART")
    refused("DeploymentGroupDoesNotExistException", start, deploymentGroupName="nothing")
    refused("DeploymentConfigDoesNotExistException", start, deploymentConfigName="nothing")
    assert aws.deploy.list_deployments()["deployments"] == []


class TinyS3:
    """One object in one bucket."""

    def __init__(self, key: str, content: str) -> None:
        self._key, self._content = key, content

    def get_object(self, params: dict[str, Any]) -> dict[str, Any]:
        if params["Key"] != self._key:
            raise ApiError("NoSuchKey", "The specified key does not exist.", 404)
        return {"Body": self._content.encode()}


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [("spec.json", "Succeeded", None), ("gone.json", "Failed", "REVISION_MISSING")],
)
def test_an_appspec_in_s3(aws: World, key: str, status: str, code: str | None) -> None:
    aws.account.services["s3"] = TinyS3("spec.json", json.dumps(appspec("1", "2")))
    aws.group(deploymentConfigName="CodeDeployDefault.LambdaAllAtOnce")
    place = {"bucket": "CodeDeploy", "key": key, "bundleType": "JSON"}
    revision = {"revisionType": "S3", "s3Location": place}
    deployment = aws.start(revision=revision)
    aws.advance(10)
    info = aws.info(deployment)
    assert (info["status"], info.get("errorInformation", {}).get("code")) == (status, code)
    assert info["revision"] == revision


def test_deployments_are_listed_newest_first_and_filtered(aws: World) -> None:
    aws.group(deploymentConfigName="CodeDeployDefault.LambdaAllAtOnce")
    aws.group("slow")
    good = aws.start()
    aws.advance(100)
    bad = aws.start("1", "3")
    aws.advance(100)
    running = aws.start("2", "3", deploymentGroupName="slow")
    aws.advance(10)

    def listed(**filters: Any) -> list[str]:
        found: list[str] = aws.deploy.list_deployments(**filters)["deployments"]
        return found

    named = {"applicationName": "app", "deploymentGroupName": "group"}
    assert listed() == [running, bad, good]
    assert listed(**named) == [bad, good]
    assert listed(**named, includeOnlyStatuses=["Succeeded"]) == [good]
    assert listed(includeOnlyStatuses=["Created", "InProgress"]) == [running]
    assert listed(createTimeRange={"start": at(50), "end": at(150)}) == [bad]
    assert listed(createTimeRange={"start": at(150)}) == [running]
    lists = aws.deploy.list_deployments
    refused("DeploymentGroupNameRequiredException", lists, applicationName="app")
    refused("ApplicationNameRequiredException", lists, deploymentGroupName="group")
    refused("InvalidTimeRangeException", lists, createTimeRange={"start": at(5), "end": at(1)})
    refused("InvalidNextTokenException", lists, nextToken="bm90aGluZw==")


def test_lists_have_a_hundred_a_page(aws: World) -> None:
    aws.group(deploymentConfigName="CodeDeployDefault.LambdaAllAtOnce")
    made = []
    for _ in range(101):
        made.append(aws.start("1", "1"))
        aws.advance(2)
    first = aws.deploy.list_deployments()
    assert first["deployments"] == list(reversed(made))[:100]
    rest = aws.deploy.list_deployments(nextToken=first["nextToken"])
    assert rest["deployments"] == made[:1]
    assert "nextToken" not in rest


def test_cloudformation_leaves_its_name_on_a_deployment(aws: World) -> None:
    aws.group()
    revision = {
        "revisionType": "AppSpecContent",
        "appSpecContent": {"content": json.dumps(appspec("1", "2"))},
    }
    params = {
        "applicationName": "app",
        "deploymentGroupName": "group",
        "revision": revision,
        "_creator": "CloudFormation",
        "_external_id": "arn:stack",
    }
    made = aws.account.call("codedeploy", "CreateDeployment", params)["deploymentId"]
    info = aws.info(made)
    assert (info["creator"], info["externalId"]) == ("CloudFormation", "arn:stack")
    assert aws.deploy.list_deployments(externalId="arn:stack")["deployments"] == [made]
    assert aws.deploy.list_deployments(externalId="arn:other")["deployments"] == []


def test_batches_have_25_deployments_and_one_target(aws: World) -> None:
    aws.group()
    deployment = aws.start()
    aws.advance(5)
    batch = aws.deploy.batch_get_deployments
    assert [d["deploymentId"] for d in batch(deploymentIds=[deployment])["deploymentsInfo"]] == [
        deployment
    ]
    assert batch(deploymentIds=["d-AAAAAAAAA"])["deploymentsInfo"] == []
    refused("BatchLimitExceededException", batch, deploymentIds=[deployment] * 26)
    refused("InvalidDeploymentIdException", batch, deploymentIds=["nonsense"])
    targets = aws.deploy.batch_get_deployment_targets
    refused(
        "DeploymentTargetListSizeExceededException",
        targets,
        deploymentId=deployment,
        targetIds=["f", "g"],
    )
    refused(
        "DeploymentTargetDoesNotExistException", targets, deploymentId=deployment, targetIds=["g"]
    )
    one = aws.deploy.get_deployment_target(deploymentId=deployment, targetId="f")
    assert one["deploymentTarget"]["deploymentTargetType"] == "LambdaTarget"
    filtered = aws.deploy.list_deployment_targets
    assert (
        filtered(deploymentId=deployment, targetFilters={"TargetStatus": ["Failed"]})["targetIds"]
        == []
    )
    refused(
        "InvalidTargetFilterNameException",
        filtered,
        deploymentId=deployment,
        targetFilters={"ServerInstanceLabel": ["Blue"]},
    )


def test_there_is_no_pause_in_a_lambda_deployment(aws: World) -> None:
    aws.group()
    deployment = aws.start()
    aws.advance(5)
    code = "UnsupportedActionForDeploymentTypeException"
    refused(code, aws.deploy.continue_deployment, deploymentId=deployment)
    refused(code, aws.deploy.skip_wait_time_for_instance_termination, deploymentId=deployment)
    refused(
        "InvalidComputePlatformException",
        aws.deploy.list_deployment_instances,
        deploymentId=deployment,
    )


def test_ids_that_are_none(aws: World) -> None:
    get = aws.deploy.get_deployment
    message = refused("DeploymentDoesNotExistException", get, deploymentId="d-AAAAAAAAA")
    assert message == "The deployment d-AAAAAAAAA could not be found"
    refused("InvalidDeploymentIdException", get, deploymentId="d-lower")
    refused(
        "DeploymentDoesNotExistException", aws.deploy.stop_deployment, deploymentId="d-AAAAAAAAA"
    )


def test_tags(aws: World) -> None:
    aws.group(tags=[{"Key": "a", "Value": "1"}])
    arn = "arn:aws:codedeploy:us-east-1:000000000000:deploymentgroup:app/group"
    aws.deploy.tag_resource(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])
    aws.deploy.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert aws.deploy.list_tags_for_resource(ResourceArn=arn)["Tags"] == [
        {"Key": "b", "Value": "2"}
    ]
    lists = aws.deploy.list_tags_for_resource
    refused(
        "ArnNotSupportedException", lists, ResourceArn=arn.replace("deploymentgroup", "instance")
    )
    refused("InvalidArnException", lists, ResourceArn="nonsense")
    refused("DeploymentGroupDoesNotExistException", lists, ResourceArn=arn + "x")


def test_what_is_not_there_says_so(aws: World) -> None:
    with pytest.raises(ClientError) as refusal:
        aws.deploy.list_on_premises_instances()
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
