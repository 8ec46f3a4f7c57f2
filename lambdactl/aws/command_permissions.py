"""Which IAM actions each command asks for, and on what: the policies of ``permissions`` told apart.

A test runs the commands and holds this table to what they ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lambdactl.aws.permissions import (
    BUCKET,
    DEPLOY,
    FUNCTION,
    LOOK,
    PRUNE,
    PRUNE_DEEP,
    Grant,
    User,
)

ALIASES = ("lambda:ListAliases",)
VERSIONS = (*ALIASES, "lambda:ListVersionsByFunction")
GROUPS = (
    "cloudformation:ListStackResources",
    "codedeploy:BatchGetApplications",
    "codedeploy:BatchGetDeploymentTargets",
    "codedeploy:BatchGetDeployments",
    "codedeploy:ListApplications",
    "codedeploy:ListDeploymentGroups",
    "codedeploy:ListDeploymentTargets",
    "codedeploy:ListDeployments",
    "lambda:GetFunction",
    "lambda:ListTags",
)
"""To find what moves an alias, and its last deployment."""
ROLLOUT = (
    *GROUPS,
    *VERSIONS,
    "cloudwatch:DescribeAlarms",
    "codedeploy:GetDeployment",
    "codedeploy:GetDeploymentConfig",
    "codedeploy:GetDeploymentGroup",
)
MEASURED = (*ROLLOUT, "cloudwatch:GetMetricData")
DRIVER = ("cloudformation:DescribeStacks", "lambda:ListProvisionedConcurrencyConfigs")
"""To say who moves the alias where CodeDeploy does not."""
PAST = ("cloudwatch:GetMetricData", "cloudwatch:ListMetrics")
MOVE = ("lambda:GetAlias", "lambda:UpdateAlias")
"""One write, and its read-back."""
ON_LAYERS = (
    "lambda:DeleteLayerVersion",
    "lambda:GetLayerVersion",
    "lambda:GetLayerVersionPolicy",
)
CHECKED = (
    *ROLLOUT,
    "lambda:GetFunctionConfiguration",
    "lambda:ListProvisionedConcurrencyConfigs",
)


def _all(*grants: Grant) -> tuple[str, ...]:
    return tuple(a for grant in grants for a in grant.actions)


COMMANDS: Mapping[User, Mapping[str, tuple[str, ...]]] = {
    User.READ_ONLY: {
        "status": (*MEASURED, *DRIVER),
        "watch": (*MEASURED, *DRIVER),
        "list": (*MEASURED, "lambda:ListFunctions"),
        "plan": (*ROLLOUT, *PAST),
        "versions": VERSIONS,
        "aliases": ALIASES,
        "deployments": (
            *MEASURED,
            "cloudwatch:ListMetrics",
            "codedeploy:GetApplicationRevision",
            "lambda:GetFunctionConfiguration",
            "logs:FilterLogEvents",
        ),
        "alarms": (*ROLLOUT, *PAST, "cloudwatch:DescribeAlarmHistory"),
        "events": (
            *ROLLOUT,
            "cloudformation:DescribeStackEvents",
            "cloudwatch:DescribeAlarmHistory",
        ),
        "diff": (*ALIASES, "lambda:GetFunctionConfiguration"),
        "logs": (*ALIASES, "lambda:GetFunctionConfiguration", "logs:FilterLogEvents"),
        "storage": (
            *GROUPS,
            *VERSIONS,
            "cloudformation:DescribeStacks",
            "lambda:GetAccountSettings",
            "lambda:ListEventSourceMappings",
            "lambda:ListFunctions",
            "lambda:ListLayerVersions",
            "lambda:ListLayers",
        ),
        "doctor": (
            *CHECKED,
            "cloudformation:DescribeStacks",
            "cloudformation:GetTemplate",
            "cloudwatch:GetMetricData",
            "codedeploy:GetApplicationRevision",
            "lambda:GetAccountSettings",
        ),
    },
    User.OPERATOR: {
        "shift": (*MEASURED, *CHECKED, *MOVE),
        "promote": (*CHECKED, *MOVE),
        "abort": (*ROLLOUT, *MOVE, "codedeploy:StopDeployment"),
        "rollback": (*CHECKED, *PAST, *MOVE),
        "hook": (
            *ROLLOUT,
            "codedeploy:GetApplicationRevision",
            "codedeploy:PutLifecycleEventHookExecutionStatus",
            "lambda:GetFunctionConfiguration",
            "logs:FilterLogEvents",
        ),
    },
    User.PRUNER: {
        "prune": (
            *CHECKED,
            *PAST,
            *(a for a in _all(*PRUNE) if a not in ON_LAYERS),
            "cloudformation:DescribeStacks",
            "lambda:ListEventSourceMappings",
        ),
        "prune --layers": (*ON_LAYERS, "lambda:ListLayerVersions", "lambda:ListLayers"),
        "prune --deep": _all(*PRUNE_DEEP),
    },
    User.DEPLOYER: {
        "deploy": (
            *ROLLOUT,
            *_all(*DEPLOY),
            "cloudformation:DescribeStackEvents",
            "cloudformation:DescribeStacks",
            "cloudformation:GetTemplate",
        ),
    },
}
"""A command stands with the least user who may run it."""

STACK = "arn:{partition}:cloudformation:{region}:{account}:stack/{stack}/*"
GROUP = "arn:{partition}:codedeploy:{region}:{account}:deploymentgroup:{group}"
ON_FUNCTION = (
    "lambda:GetAlias",
    "lambda:GetFunction",
    "lambda:GetFunctionConfiguration",
    "lambda:GetPolicy",
    "lambda:ListAliases",
    "lambda:ListDurableExecutionsByFunction",
    "lambda:ListFunctionEventInvokeConfigs",
    "lambda:ListProvisionedConcurrencyConfigs",
    "lambda:ListTags",
    "lambda:ListVersionsByFunction",
    "lambda:UpdateAlias",
)
ON_GROUP = (
    "codedeploy:BatchGetDeploymentTargets",
    "codedeploy:BatchGetDeployments",
    "codedeploy:GetDeployment",
    "codedeploy:GetDeploymentGroup",
    "codedeploy:ListDeploymentTargets",
    "codedeploy:ListDeployments",
    "codedeploy:StopDeployment",
)
ON: Mapping[str, str] = {
    **dict.fromkeys(ON_FUNCTION, FUNCTION),
    **dict.fromkeys(ON_GROUP, GROUP),
    **dict.fromkeys((a for a in _all(*LOOK, *DEPLOY) if a.startswith("cloudformation:")), STACK),
    **dict.fromkeys((a for a in _all(*DEPLOY) if a.startswith("s3:")), BUCKET),
    "lambda:DeleteFunction": f"{FUNCTION}:1",
    "lambda:DeleteLayerVersion": "arn:{partition}:lambda:{region}:{account}:layer:any:1",
    "logs:FilterLogEvents": "arn:{partition}:logs:{region}:{account}:log-group:/aws/lambda/"
    "{function}:*",
    "s3:GetObject": f"{BUCKET}/any",
    "s3:PutObject": f"{BUCKET}/any",
}
"""What an action is asked about; the others are asked about ``*``."""


def needed() -> frozenset[str]:
    """Every action of every command."""
    return frozenset(a for each in COMMANDS.values() for some in each.values() for a in some)


def missing(denied: Iterable[str]) -> dict[User, dict[str, tuple[str, ...]]]:
    """Per user and command the actions of ``denied`` that it needs; empty where it needs none."""
    known = frozenset(denied)
    return {
        user: {
            command: tuple(sorted(known.intersection(actions)))
            for command, actions in commands.items()
            if known.intersection(actions)
        }
        for user, commands in COMMANDS.items()
    }
