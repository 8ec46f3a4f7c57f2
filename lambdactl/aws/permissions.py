"""The least IAM policy for each kind of user, from the calls that this room makes.

An action that cannot be limited to a resource (lists, descriptions, metrics) stands on ``*``; what
changes something stands on what it may change. Names of actions are those of the service
authorization reference, which differ from the operations' for S3, API Gateway and a few others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class User(StrEnum):
    """Who the policy is for. Each can also do what READ_ONLY can."""

    READ_ONLY = "read-only"
    OPERATOR = "operator"
    PRUNER = "pruner"
    DEPLOYER = "deployer"


@dataclass(frozen=True, slots=True)
class Grant:
    """``resources`` are ARNs with {partition}, {region}, {account} and {function} left open."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)


FUNCTION = "arn:{partition}:lambda:{region}:{account}:function:{function}"
BUCKET = "arn:{partition}:s3:::lambdactl-artifacts-*"
STACK = "arn:{partition}:cloudformation:{region}:{account}:stack/*"
GROUP = "arn:{partition}:codedeploy:{region}:{account}:deploymentgroup:*"

LOOK = (
    Grant(
        "Look",
        (
            "cloudformation:DescribeStackEvents",
            "cloudformation:DescribeStacks",
            "cloudformation:GetTemplate",
            "cloudformation:ListStackResources",
            "cloudwatch:DescribeAlarmHistory",
            "cloudwatch:DescribeAlarms",
            "cloudwatch:GetMetricData",
            "cloudwatch:ListMetrics",
            "codedeploy:BatchGetApplications",
            "codedeploy:BatchGetDeploymentTargets",
            "codedeploy:BatchGetDeployments",
            "codedeploy:GetApplicationRevision",
            "codedeploy:GetDeployment",
            "codedeploy:GetDeploymentConfig",
            "codedeploy:GetDeploymentGroup",
            "codedeploy:ListApplications",
            "codedeploy:ListDeploymentGroups",
            "codedeploy:ListDeployments",
            "codedeploy:ListDeploymentTargets",
            "lambda:GetAccountSettings",
            "lambda:GetAlias",
            "lambda:GetFunction",
            "lambda:GetFunctionConfiguration",
            "lambda:ListAliases",
            "lambda:ListEventSourceMappings",
            "lambda:ListFunctions",
            "lambda:ListLayers",
            "lambda:ListLayerVersions",
            "lambda:ListProvisionedConcurrencyConfigs",
            # GetFunction answers without the tags to those who may not list them.
            "lambda:ListTags",
            "lambda:ListVersionsByFunction",
            "logs:FilterLogEvents",
        ),
    ),
    # The doctor asks what the caller and CodeDeploy's role may do; to know is not to be allowed.
    Grant(
        "AskWhatIsAllowed",
        ("iam:GetRole", "iam:SimulatePrincipalPolicy"),
        ("arn:{partition}:iam::{account}:role/*", "arn:{partition}:iam::{account}:user/*"),
    ),
)
# Lambda checks the function and the alias that a call names; which of the two has varied.
OPERATE = (
    Grant("MoveTraffic", ("lambda:UpdateAlias",), (FUNCTION, f"{FUNCTION}:*")),
    Grant("StopRollouts", ("codedeploy:StopDeployment",), (GROUP,)),
    Grant("AnswerHooks", ("codedeploy:PutLifecycleEventHookExecutionStatus",), (GROUP,)),
)
PRUNE = (
    Grant(
        "ReadWhatUsesVersions",
        (
            "lambda:GetLayerVersion",
            "lambda:GetLayerVersionPolicy",
            "lambda:GetPolicy",
            "lambda:ListDurableExecutionsByFunction",
            "lambda:ListFunctionEventInvokeConfigs",
        ),
    ),
    # Only with a version: a DeleteFunction without one deletes the function and every version.
    Grant("DeleteVersionsNeverFunctions", ("lambda:DeleteFunction",), (f"{FUNCTION}:*",)),
    Grant(
        "DeleteLayerVersions",
        ("lambda:DeleteLayerVersion",),
        ("arn:{partition}:lambda:{region}:{account}:layer:*:*",),
    ),
)
PRUNE_DEEP = (
    Grant(
        "ReadWhatNamesVersions",
        (
            "apigateway:GET",
            "cloudfront:ListDistributions",
            "cognito-idp:DescribeUserPool",
            "cognito-idp:ListUserPools",
            "events:ListEventBuses",
            "events:ListRules",
            "events:ListTargetsByRule",
            "s3:GetBucketNotification",
            "s3:ListAllMyBuckets",
            "scheduler:GetSchedule",
            "scheduler:ListSchedules",
            "sns:ListSubscriptions",
            "states:DescribeStateMachine",
            "states:ListStateMachines",
        ),
    ),
)
DEPLOY = (
    Grant(
        "ChangeStacks",
        (
            "cloudformation:CreateChangeSet",
            "cloudformation:DeleteChangeSet",
            "cloudformation:DeleteStack",
            "cloudformation:DescribeChangeSet",
            "cloudformation:ExecuteChangeSet",
            "cloudformation:ListChangeSets",
        ),
        (STACK, "arn:{partition}:cloudformation:{region}:aws:transform/*"),
    ),
    Grant(
        "StoreCode",
        (
            "s3:CreateBucket",
            "s3:GetObject",
            "s3:ListBucket",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutBucketTagging",
            "s3:PutEncryptionConfiguration",
            "s3:PutObject",
        ),
        (BUCKET, f"{BUCKET}/*"),
    ),
)
GRANTS = {
    User.READ_ONLY: LOOK,
    User.OPERATOR: (*LOOK, *OPERATE),
    User.PRUNER: (*LOOK, *PRUNE, *PRUNE_DEEP),
    User.DEPLOYER: (*LOOK, *OPERATE, *DEPLOY),
}

SPELLED = {
    "s3": {
        "GetBucketNotificationConfiguration": "GetBucketNotification",
        "HeadBucket": "ListBucket",
        "HeadObject": "GetObject",
        "ListBuckets": "ListAllMyBuckets",
        "PutBucketEncryption": "PutEncryptionConfiguration",
        "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    },
}
PREFIX = {"apigatewayv2": "apigateway", "stepfunctions": "states"}


def action_of(service: str, operation: str) -> str:
    """The IAM action that an operation needs; ``service`` by botocore's name."""
    prefix = PREFIX.get(service, service)
    if prefix == "apigateway":
        return "apigateway:GET"
    return f"{prefix}:{SPELLED.get(service, {}).get(operation, operation)}"


def actions(user: User) -> frozenset[str]:
    return frozenset(a for grant in GRANTS[user] for a in grant.actions)


def policy(
    user: User,
    *,
    function: str = "*",
    account: str = "*",
    region: str = "*",
    partition: str = "aws",
) -> dict[str, Any]:
    """The policy document. What a deployed stack's own resources need is not in it: that belongs
    to the role that CloudFormation works under."""
    place = {"function": function, "account": account, "region": region, "partition": partition}
    return {
        "Version": "2012-10-17",
        "Statement": [statement(grant, place) for grant in GRANTS[user]],
    }


def statement(grant: Grant, place: dict[str, str]) -> dict[str, Any]:
    return {
        "Sid": grant.sid,
        "Effect": "Allow",
        "Action": sorted(grant.actions),
        "Resource": one_or_all(resource.format(**place) for resource in grant.resources),
    }


def one_or_all(resources: Iterable[str]) -> str | list[str]:
    listed = list(resources)
    return listed[0] if len(listed) == 1 else listed
