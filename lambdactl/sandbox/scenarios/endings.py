"""Every ending of a CodeDeploy deployment, each as a scenario that leads there.

The stage is the same for all: ``checkout:live`` on version 1, version 2 to be released as a canary
of ten per cent for five minutes, in a group that rolls back as SAM's groups do.
"""

from __future__ import annotations

import json

from lambdactl.sandbox.clock import Process
from lambdactl.sandbox.errors import ApiError
from lambdactl.sandbox.faults import throttled
from lambdactl.sandbox.scenarios.stage import (
    ALIAS,
    FUNCTION,
    NEVER_REPORTS,
    RAISES,
    REPORTS,
    WAITS,
    Stage,
)
from lambdactl.sandbox.scenarios.steps import Play, Scenario

SLOW = "CodeDeployDefault.LambdaLinear10PercentEvery10Minutes"
STACK = "checkout"
TRIES = 4
"""How often a deployment asks Lambda that throttles before it gives up: once, and three times."""


def succeeded(stage: Stage) -> Process:
    yield from stage.built(hook=REPORTS.format(status="Succeeded"))
    yield from stage.ended(stage.started(before=True, after=True))


def hook_failed(stage: Stage) -> Process:
    yield from stage.built(hook=REPORTS.format(status="Failed"))
    yield from stage.ended(stage.started(before=True))


def hook_raised(stage: Stage) -> Process:
    """Lambda runs it three times, and nobody reports."""
    yield from stage.built(hook=RAISES)
    yield from stage.ended(stage.started(before=True))


def hook_timed_out(stage: Stage) -> Process:
    yield from stage.built(hook=NEVER_REPORTS)
    yield from stage.ended(stage.started(before=True))


def hook_waiting(stage: Stage) -> Process:
    """It has logged its event, so that a person can answer for it."""
    yield from stage.built(hook=WAITS)
    yield from stage.at_its_hook(stage.started(before=True))


def post_hook_failed(stage: Stage) -> Process:
    yield from stage.built(hook=REPORTS.format(status="Failed"))
    yield from stage.ended(stage.started(after=True))


def _stopped(stage: Stage, *, rolls_back: bool) -> Process:
    yield from stage.built()
    deployment = stage.started()
    yield from stage.at_ten_percent()
    asked = {"deploymentId": deployment, "autoRollbackEnabled": rolls_back}
    stage.ask("codedeploy", "StopDeployment", **asked)
    yield from stage.ended(deployment)


def stopped(stage: Stage) -> Process:
    yield from _stopped(stage, rolls_back=True)


def stopped_split(stage: Stage) -> Process:
    yield from _stopped(stage, rolls_back=False)


def alarm(stage: Stage) -> Process:
    yield from stage.built()
    deployment = stage.started()
    yield from stage.at_ten_percent()
    stage.turn("ALARM")
    yield from stage.ended(deployment)


def alarm_red(stage: Stage) -> Process:
    yield from stage.built()
    stage.turn("ALARM")
    yield from stage.ended(stage.started())


def conflict(stage: Stage) -> Process:
    """The second is refused, and the first goes on, slowly."""
    yield from stage.built()
    stage.started(deploymentConfigName=SLOW)
    yield from stage.at_ten_percent()
    try:
        stage.started()
    except ApiError as error:
        if error.code != "DeploymentLimitExceededException":
            raise
    else:
        raise AssertionError("two deployments of one group at a time")


def alias_moved(stage: Stage) -> Process:
    yield from stage.built()
    deployment = stage.started()
    yield from stage.at_ten_percent()
    half = {"AdditionalVersionWeights": {"2": 0.5}}
    where = {"FunctionName": FUNCTION, "Name": ALIAS}
    stage.ask("lambda", "UpdateAlias", **where, FunctionVersion="1", RoutingConfig=half)
    yield from stage.ended(deployment)


def same_version(stage: Stage) -> Process:
    yield from stage.built()
    yield from stage.ended(stage.started("1", "1"))


def role_denied(stage: Stage) -> Process:
    """The service role may read the alias, and not move it: until the scenario is over."""
    yield from stage.built()
    denied: set[str] = stage.account.services["codedeploy"].denied
    denied.add("lambda:UpdateAlias")
    yield from stage.ended(stage.started())
    denied.discard("lambda:UpdateAlias")


def throttle(stage: Stage) -> Process:
    """Lambda has no call left for the deployment; for the rollback after it, it has."""
    yield from stage.built()
    stage.account.door.faults.add(
        "lambda:UpdateAlias", throttled(), times=TRIES, inside=True, name="throttle"
    )
    yield from stage.ended(stage.started())


def rollback_failed(stage: Stage) -> Process:
    """The update is stopped without a rollback; the stack cannot lead its split alias back."""
    yield from _stacked(stage, "CreateStack", "first")
    yield from _stacked(stage, "UpdateStack", "second", until="UPDATE_ROLLBACK_FAILED")


def _stacked(stage: Stage, operation: str, release: str, *, until: str = "") -> Process:
    """Create or update the stack; with ``until``, stop its deployment at ten per cent."""
    body = json.dumps(template(stage, release))
    capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    stage.ask(
        "cloudformation",
        operation,
        StackName=STACK,
        TemplateBody=body,
        Capabilities=capabilities,
    )
    if until:
        yield from stage.at_ten_percent()
        running = {"includeOnlyStatuses": ["InProgress"]}
        (deployment,) = stage.ask("codedeploy", "ListDeployments", **running)["deployments"]
        asked = {"deploymentId": deployment, "autoRollbackEnabled": False}
        stage.ask("codedeploy", "StopDeployment", **asked)
    yield from stage.until(lambda: status(stage) == (until or "CREATE_COMPLETE"))


def status(stage: Stage) -> str:
    found = stage.ask("cloudformation", "DescribeStacks", StackName=STACK)
    return str(found["Stacks"][0]["StackStatus"])


def template(stage: Stage, release: str) -> dict[str, object]:
    """A SAM template with the function ``checkout``, released by CodeDeploy."""
    source = f"def handler(event, context):\n    return {release!r}\n"
    preference = {"Type": "Canary10Percent5Minutes", "Role": stage.role("codedeploy")}
    properties = {
        "FunctionName": FUNCTION,
        "InlineCode": source,
        "Handler": "index.handler",
        "Runtime": "python3.13",
        "Role": stage.role("checkout"),
        "AutoPublishAlias": ALIAS,
        "DeploymentPreference": preference,
    }
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {"Checkout": {"Type": "AWS::Serverless::Function", "Properties": properties}},
    }


ENDINGS = tuple(
    Scenario(name, summary, (Play(act, (FUNCTION, ALIAS)),), minutes)
    for name, summary, act, minutes in (
        ("succeeded", "both hooks agreed, all traffic on version 2", succeeded, 6),
        ("hook-failed", "the hook before the traffic reported Failed", hook_failed, 1),
        (
            "hook-raised",
            "the hook before the traffic raised, and so never reported",
            hook_raised,
            61,
        ),
        (
            "hook-timed-out",
            "the hook before the traffic said nothing for an hour",
            hook_timed_out,
            61,
        ),
        ("hook-waiting", "the hook before the traffic waits for a person", hook_waiting, 1),
        ("post-hook-failed", "the hook after the traffic reported Failed", post_hook_failed, 6),
        ("stopped", "stopped by a person at 10 %, and rolled back", stopped, 1),
        (
            "stopped-split",
            "stopped by a person, no rollback: the alias stays split",
            stopped_split,
            1,
        ),
        ("alarm", "stopped by an alarm at 10 %, and rolled back", alarm, 1),
        ("alarm-red", "the alarm was red before the deployment began", alarm_red, 1),
        ("conflict", "a second deployment was refused while the first runs", conflict, 1),
        ("alias-moved", "somebody moved the alias behind CodeDeploy's back", alias_moved, 6),
        ("same-version", "a deployment to the version that is live already", same_version, 1),
        ("role-denied", "CodeDeploy's role may not move the alias", role_denied, 1),
        ("throttled", "Lambda throttled CodeDeploy until it gave up", throttle, 1),
        (
            "rollback-failed",
            "a stack in UPDATE_ROLLBACK_FAILED, its alias split",
            rollback_failed,
            2,
        ),
    )
)
"""The endings, in the order of a deployment's life."""
