"""What both hooks do: call the service, look at the answer, tell CodeDeploy.

CodeDeploy waits an hour for a hook that never reports, so every path here ends in a report; only a
report that CodeDeploy did not take raises, and then Lambda runs the hook again with the same event.
"""

import json
import logging

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

log = logging.getLogger()
log.setLevel(logging.INFO)

# One attempt, and less time than the hook has: a call that hangs must end as a report.
CALL = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1})
# What GET /version looks like through the API, payload format 2.0.
REQUEST = {
    "version": "2.0",
    "routeKey": "GET /version",
    "rawPath": "/version",
    "rawQueryString": "",
    "headers": {"user-agent": "CodeDeploy hook"},
    "requestContext": {"http": {"method": "GET", "path": "/version"}, "stage": "$default"},
    "isBase64Encoded": False,
}


class Failed(Exception):
    """The version under test did not do what it must; the message says what it did instead."""


def answering_version(arn, client=None):
    """Call ``arn`` as the API would; the version that it says it is, or Failed."""
    client = client or boto3.client("lambda", config=CALL)
    try:
        answer = client.invoke(FunctionName=arn, Payload=json.dumps(REQUEST).encode())
        payload = answer["Payload"].read().decode()
    except (BotoCoreError, ClientError) as error:
        raise Failed(f"{arn} could not be called: {error}") from error
    # The call answers 200 although the function raised or timed out: only this member says so.
    if "FunctionError" in answer:
        raise Failed(f"{arn} raised ({answer['FunctionError']}): {payload}")
    return version_in(payload)


def version_in(payload):
    """The version in the body of an answer, or Failed with what stands there instead."""
    try:
        answer = json.loads(payload)
        status, body = answer["statusCode"], json.loads(answer["body"])
        version = body["version"]
    except (ValueError, TypeError, KeyError) as error:
        raise Failed(f"not an answer of this service ({error!r}): {payload}") from error
    if status != 200:
        raise Failed(f"statusCode {status}: {payload}")
    return version


def report(event, check, client=None):
    """Run ``check`` and tell CodeDeploy how it ended: Succeeded, or Failed where it raised Failed."""
    # Nothing else is told the id of this run: with it a person can answer, if this does not.
    log.info("called: %s", json.dumps(event))
    try:
        log.info("passed: %s", check())
        status = "Succeeded"
    except Failed as failure:
        log.error("failed: %s", failure)
        status = "Failed"
    client = client or boto3.client("codedeploy")
    try:
        client.put_lifecycle_event_hook_execution_status(
            deploymentId=event["DeploymentId"],
            lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
            status=status,
        )
    except client.exceptions.LifecycleEventAlreadyCompletedException:
        # Lambda delivers an asynchronous event at least once: the first answer stands.
        log.info("this event was already answered")
    return status
