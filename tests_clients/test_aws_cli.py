"""The AWS CLI, unmodified: what an operator types by hand of Lambda, CodeDeploy, CloudWatch, S3."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

from lambdactl.sandbox.open import Sandbox
from tests_clients.conftest import CODE, Client, answer

ROLE = "arn:aws:iam::000000000000:role/service"
F = ("--function-name", "f")


def packed(place: Path, says: str) -> str:
    """A zip with a handler that answers ``says``, as ``--zip-file`` takes it."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("index.py", CODE.format(says=says))
    path = place / f"{says}.zip"
    path.write_bytes(body.getvalue())
    return f"fileb://{path}"


def created(aws: Client, name: str) -> None:
    """Function ``name`` with versions 1 and 2, and ``live`` on 1."""
    aws.ok(
        "lambda", "create-function", "--function-name", name, "--runtime", "python3.13",
        "--role", ROLE, "--handler", "index.handler", "--zip-file", packed(aws.place, "one"),
    )  # fmt: skip
    aws.ok("lambda", "wait", "function-active-v2", "--function-name", name)
    assert aws.ok("lambda", "publish-version", "--function-name", name)["Version"] == "1"
    code = ("--zip-file", packed(aws.place, "two"), "--publish")
    assert (
        aws.ok("lambda", "update-function-code", "--function-name", name, *code)["Version"] == "2"
    )
    aws.ok("lambda", "wait", "function-updated-v2", "--function-name", name)
    aws.ok(
        "lambda", "wait", "published-version-active", "--function-name", name, "--qualifier", "2"
    )
    live = ("--name", "live", "--function-version", "1")
    aws.ok("lambda", "create-alias", "--function-name", name, *live)


def test_who_am_i(aws: Client) -> None:
    told = aws.ok("sts", "get-caller-identity")
    assert told["Account"] == "000000000000"
    assert set(told) == {"UserId", "Account", "Arn"}


def test_a_bucket_from_its_making_to_its_end(aws: Client) -> None:
    """``s3`` is a program of its own inside the CLI: multipart uploads, syncs, streams."""
    (aws.place / "tree" / "inner").mkdir(parents=True)
    (aws.place / "tree" / "a.txt").write_text("a")
    (aws.place / "tree" / "inner" / "b.bin").write_bytes(bytes(range(256)) * 40_000)
    assert aws("s3", "mb", "s3://things").code == 0
    assert aws("s3", "sync", "tree", "s3://things/tree").code == 0
    assert aws("s3", "cp", "s3://things/tree/inner/b.bin", "back.bin").code == 0
    assert (aws.place / "back.bin").read_bytes() == bytes(range(256)) * 40_000
    listed = aws("s3", "ls", "s3://things", "--recursive").out.split()
    assert [word for word in listed if word.startswith("tree/")] == [
        "tree/a.txt",
        "tree/inner/b.bin",
    ]
    assert "An error occurred (404)" in aws.refused(
        "s3api", "head-object", "--bucket", "things", "--key", "nothing"
    )
    assert "BucketNotEmpty" in aws("s3", "rb", "s3://things").err
    assert aws("s3", "rb", "s3://things", "--force").code == 0
    assert "NoSuchBucket" in aws("s3", "ls", "s3://things").err


def test_versions_an_alias_its_weights_and_their_end(aws: Client) -> None:
    created(aws, "f")
    assert answer(aws, "f", "live") == {"says": "one", "is": "1"}
    assert answer(aws, "f", "2") == {"says": "two", "is": "2"}
    seen = aws.ok("lambda", "get-alias", *F, "--name", "live")
    weights = ("--routing-config", "AdditionalVersionWeights={2=0.1}")
    lock = ("--revision-id", seen["RevisionId"])
    moved = aws.ok("lambda", "update-alias", *F, "--name", "live", *weights, *lock)
    assert moved["RoutingConfig"] == {"AdditionalVersionWeights": {"2": 0.1}}
    assert moved["RevisionId"] != seen["RevisionId"]
    stale = aws.refused("lambda", "update-alias", *F, "--name", "live", *weights, *lock)
    assert stale.startswith("An error occurred (PreconditionFailedException) when calling the Upda")
    held = aws.refused("lambda", "delete-function", *F, "--qualifier", "1")
    assert "(ResourceConflictException)" in held
    assert held.endswith("the following aliases reference it: [live]")
    latest = aws.refused("lambda", "delete-function", *F, "--qualifier", "$LATEST")
    assert "$LATEST version cannot be deleted without deleting the function." in latest
    aws.ok("lambda", "delete-alias", *F, "--name", "live")
    aws.ok("lambda", "delete-function", *F, "--qualifier", "1")
    paged = aws.ok("lambda", "list-versions-by-function", *F, "--page-size", "1")["Versions"]
    assert [version["Version"] for version in paged] == ["$LATEST", "2"]
    aws.ok("lambda", "delete-function", *F)
    assert "(ResourceNotFoundException)" in aws.refused("lambda", "get-function", *F)


def test_a_deployment_made_by_hand_from_an_appspec(aws: Client, sandbox: Sandbox) -> None:
    created(aws, "g")
    grouped(aws)
    deployment = deploy(aws, "1", "2")
    aws.ok("deploy", "wait", "deployment-successful", "--deployment-id", deployment)
    info = aws.ok("deploy", "get-deployment", "--deployment-id", deployment)["deploymentInfo"]
    assert (info["status"], info["creator"], info["computePlatform"]) == (
        "Succeeded", "user", "Lambda",
    )  # fmt: skip
    ids = aws.ok("deploy", "list-deployment-targets", "--deployment-id", deployment)["targetIds"]
    found = aws.ok(
        "deploy", "batch-get-deployment-targets", "--deployment-id", deployment,
        "--target-ids", *ids,
    )  # fmt: skip
    target = found["deploymentTargets"][0]["lambdaTarget"]
    assert [event["status"] for event in target["lifecycleEvents"]] == ["Succeeded"] * 3
    assert answer(aws, "g", "live") == {"says": "two", "is": "2"}
    writes = [e.operation for e in sandbox.door.journal if e.operation == "UpdateAlias"]
    assert len(writes) >= 2


def test_a_deployment_stopped_by_hand_rolls_back(aws: Client) -> None:
    created(aws, "h")
    grouped(aws, "h-app", "CodeDeployDefault.LambdaLinear10PercentEvery10Minutes")
    deployment = deploy(aws, "1", "2", "h", "h-app")
    again = aws("deploy", "create-deployment", "--cli-input-json", f"file://{aws.place}/h.json")
    assert "(DeploymentLimitExceededException)" in again.err
    stopped = ("--deployment-id", deployment, "--auto-rollback-enabled")
    assert aws.ok("deploy", "stop-deployment", *stopped)["status"] == "Pending"
    said = aws.refused("deploy", "wait", "deployment-successful", "--deployment-id", deployment)
    assert "Waiter DeploymentSuccessful failed" in said
    info = aws.ok("deploy", "get-deployment", "--deployment-id", deployment)["deploymentInfo"]
    assert info["errorInformation"]["code"] == "MANUAL_STOP"
    back = info["rollbackInfo"]["rollbackDeploymentId"]
    aws.ok("deploy", "wait", "deployment-successful", "--deployment-id", back)
    alias = aws.ok("lambda", "get-alias", "--function-name", "h", "--name", "live")
    assert alias["FunctionVersion"] == "1"
    assert "RoutingConfig" not in alias


def grouped(
    aws: Client,
    name: str = "app",
    config: str = "CodeDeployDefault.LambdaCanary10Percent5Minutes",
) -> None:
    aws.ok(
        "deploy", "create-application", "--application-name", name, "--compute-platform", "Lambda"
    )
    aws.ok(
        "deploy", "create-deployment-group", "--application-name", name,
        "--deployment-group-name", "group", "--service-role-arn", ROLE,
        "--deployment-config-name", config,
        "--deployment-style", "deploymentType=BLUE_GREEN,deploymentOption=WITH_TRAFFIC_CONTROL",
        "--auto-rollback-configuration", "enabled=true,events=DEPLOYMENT_FAILURE",
    )  # fmt: skip


def deploy(aws: Client, current: str, target: str, name: str = "g", app: str = "app") -> str:
    """Create a deployment from an AppSpec in a file; its id."""
    to = {"Name": name, "Alias": "live", "CurrentVersion": current, "TargetVersion": target}
    spec = {
        "version": 0.0,
        "Resources": [{"function": {"Type": "AWS::Lambda::Function", "Properties": to}}],
    }
    asked = {
        "applicationName": app,
        "deploymentGroupName": "group",
        "revision": {
            "revisionType": "AppSpecContent",
            "appSpecContent": {"content": json.dumps(spec)},
        },
    }
    path = aws.place / f"{name}.json"
    path.write_text(json.dumps(asked))
    made = aws.ok("deploy", "create-deployment", "--cli-input-json", f"file://{path}")
    return str(made["deploymentId"])


def test_metrics_and_alarms(aws: Client, sandbox: Sandbox) -> None:
    """The alarm's metric has no data, so nothing but the hand moves it."""
    now = sandbox.account.clock.utcnow().strftime("%Y-%m-%dT%H:%M:%SZ")
    aws.ok(
        "cloudwatch", "put-metric-data", "--namespace", "shop", "--metric-name", "orders",
        "--dimensions", "region=north", "--value", "7", "--timestamp", now,
    )  # fmt: skip
    listed = aws.ok("cloudwatch", "list-metrics", "--namespace", "shop")["Metrics"]
    assert listed[0]["Dimensions"] == [{"Name": "region", "Value": "north"}]
    got = aws.ok(
        "cloudwatch", "get-metric-statistics", "--namespace", "shop", "--metric-name", "orders",
        "--dimensions", "Name=region,Value=north", "--start-time", f"{now[:11]}00:00:00Z",
        "--end-time", f"{now[:11]}23:59:59Z", "--period", "86400", "--statistics", "Sum",
    )  # fmt: skip
    assert [point["Sum"] for point in got["Datapoints"]] == [7.0]
    aws.ok(
        "cloudwatch", "put-metric-alarm", "--alarm-name", "few", "--namespace", "shop",
        "--metric-name", "refunds", "--statistic", "Sum", "--period", "60",
        "--evaluation-periods", "1", "--threshold", "1",
        "--comparison-operator", "LessThanThreshold", "--treat-missing-data", "ignore",
    )  # fmt: skip
    aws.ok("cloudwatch", "wait", "alarm-exists", "--alarm-names", "few")
    red = ("--state-value", "ALARM", "--state-reason", "by hand")
    aws.ok("cloudwatch", "set-alarm-state", "--alarm-name", "few", *red)
    shown = aws.ok("cloudwatch", "describe-alarms", "--alarm-names", "few")["MetricAlarms"][0]
    assert (shown["StateValue"], shown["StateReason"]) == ("ALARM", "by hand")
    history = aws.ok("cloudwatch", "describe-alarm-history", "--alarm-name", "few")
    assert "Alarm updated from" in history["AlarmHistoryItems"][0]["HistorySummary"]
    aws.ok("cloudwatch", "delete-alarms", "--alarm-names", "few")
    assert aws.ok("cloudwatch", "describe-alarms", "--alarm-names", "few")["MetricAlarms"] == []
