"""What may a user or a role do: SimulatePrincipalPolicy, by plain boto3."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.errors import ApiError
from lambdactl.sandbox.faults import denied, throttled
from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.policies import Policy, rule

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:"
USER = "arn:aws:iam::000000000000:user/sandbox"
INVOKE = "lambda:InvokeFunction"


@pytest.fixture
def place() -> Iterator[Sandbox]:
    with Sandbox(clock=ManualClock(1_800_000_000.0), strict=True) as made:
        yield made


@pytest.fixture
def iam(place: Sandbox) -> Any:
    return place.client("iam")


Role = Callable[..., str]


@pytest.fixture
def role(iam: Any) -> Role:
    """``role(*statements)``: the ARN of one that CodeDeploy may assume."""

    def made(*statements: dict[str, Any], **more: Any) -> str:
        trust = {"Effect": "Allow", "Principal": {"Service": "codedeploy.amazonaws.com"}}
        document = json.dumps({"Statement": [{**trust, "Action": "sts:AssumeRole"}]})
        arn: str = iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=document, **more)[
            "Role"
        ]["Arn"]
        if statements:
            policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
            iam.put_role_policy(RoleName="deploy", PolicyName="own", PolicyDocument=policy)
        return arn

    return made


def decisions(iam: Any, source: str, *actions: str, **more: Any) -> list[str]:
    answer = iam.simulate_principal_policy(
        PolicySourceArn=source, ActionNames=list(actions), **more
    )
    return [r["EvalDecision"] for r in answer["EvaluationResults"]]


def allow(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def test_a_role_may_what_its_policies_say_on_each_resource(iam: Any, role: Role) -> None:
    arn = role(allow("lambda:Invoke*", f"{FUNCTION}check*"))
    hooks = {"ResourceArns": [f"{FUNCTION}check", f"{FUNCTION}other"]}
    assert decisions(iam, arn, INVOKE, **hooks) == ["allowed", "implicitDeny"]


def test_an_attached_policy_counts(iam: Any, role: Role) -> None:
    arn = role(Path="/team/")
    policy = "arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda"
    iam.attach_role_policy(RoleName="deploy", PolicyArn=policy)
    hooks = {"ResourceArns": [f"{FUNCTION}CodeDeployHook_check", f"{FUNCTION}check"]}
    assert decisions(iam, arn, INVOKE, **hooks) == ["allowed", "implicitDeny"]


def test_a_deny_wins(iam: Any, role: Role) -> None:
    deny = {"Effect": "Deny", "NotAction": "lambda:Get*", "Resource": "*"}
    arn = role(allow("lambda:*"), deny)
    assert decisions(iam, arn, "lambda:GetAlias", INVOKE) == ["allowed", "explicitDeny"]


def test_a_boundary_is_a_limit(iam: Any, role: Role) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow("lambda:Get*")]})
    limit = iam.create_policy(PolicyName="limit", PolicyDocument=document)["Policy"]["Arn"]
    arn = role(allow("lambda:*"), PermissionsBoundary=limit)
    assert decisions(iam, arn, "lambda:GetAlias", INVOKE) == ["allowed", "implicitDeny"]


def test_what_a_condition_lacks_is_named_and_its_statement_does_not_count(
    iam: Any, role: Role
) -> None:
    arn = role(allow(INVOKE, Condition={"StringEquals": {"aws:SourceAccount": "1"}}))
    asked = {"PolicySourceArn": arn, "ActionNames": [INVOKE]}
    (told,) = iam.simulate_principal_policy(**asked)["EvaluationResults"]
    assert (told["EvalDecision"], told["MissingContextValues"]) == (
        "implicitDeny", ["aws:sourceaccount"],
    )  # fmt: skip
    entry = {"ContextKeyName": "aws:SourceAccount", "ContextKeyType": "string"}
    brought = [{**entry, "ContextKeyValues": ["1"]}]
    assert decisions(iam, arn, INVOKE, ContextEntries=brought) == ["allowed"]


def test_the_accounts_user_is_an_administrator_until_a_fault_denies(
    iam: Any, place: Sandbox
) -> None:
    assert decisions(iam, USER, "lambda:UpdateAlias", INVOKE) == ["allowed"] * 2
    place.faults.add("lambda:Update*", denied())
    place.faults.add("lambda:Get*", throttled())
    place.faults.add("lambda:Invoke", denied())
    asked = ("lambda:UpdateAlias", "lambda:GetAlias", INVOKE)
    assert decisions(iam, USER, *asked) == ["implicitDeny", "allowed", "implicitDeny"]


def test_a_service_role_lacks_what_a_scenario_or_a_fault_takes_from_codedeploy(
    iam: Any, role: Role, place: Sandbox
) -> None:
    arn = role(allow("*"))
    place.faults.add("lambda:Invoke", denied())
    assert decisions(iam, arn, INVOKE, "lambda:UpdateAlias") == ["allowed"] * 2
    place.faults.add("lambda:Invoke", denied(), inside=True)
    place.account.services["codedeploy"].denied.add("lambda:UpdateAlias")
    assert decisions(iam, arn, INVOKE, "lambda:UpdateAlias") == ["implicitDeny"] * 2


def test_the_question_itself_can_be_denied(iam: Any, place: Sandbox) -> None:
    place.faults.add("iam:SimulatePrincipalPolicy", denied())
    with pytest.raises(ClientError, match="AccessDenied"):
        decisions(iam, USER, INVOKE)


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        ("arn:aws:iam::000000000000:role/nobody", "NoSuchEntity"),
        ("arn:aws:sts::000000000000:assumed-role/deploy/me", "InvalidInput"),
        ("arn:aws:iam::000000000000:user/alice", "NotImplemented"),
    ],
)
def test_who_cannot_be_judged(iam: Any, arn: str, code: str) -> None:
    with pytest.raises(ClientError, match=code):
        decisions(iam, arn, INVOKE)


def test_pages(iam: Any) -> None:
    pages = iam.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=USER,
        ActionNames=["lambda:GetAlias", INVOKE],
        ResourceArns=[FUNCTION + "a", FUNCTION + "b"],
        PaginationConfig={"PageSize": 3},
    )
    assert [len(page["EvaluationResults"]) for page in pages] == [3, 1]


@pytest.mark.parametrize(
    ("operator", "wanted", "has", "decision"),
    [
        ("StringLike", "us-*", "us-east-1", "allowed"),
        ("StringNotLike", "us-*", "us-east-1", "implicitDeny"),
        ("StringNotEquals", "eu", "us", "allowed"),
        ("ArnLike", "arn:*:x", "arn:aws:x", "allowed"),
        ("Bool", True, "true", "allowed"),
        ("Null", "true", "there", "implicitDeny"),
    ],
)
def test_conditions(operator: str, wanted: object, has: str, decision: str) -> None:
    statement = allow("a:B", Condition={operator: {"Key": wanted}})
    policies = [Policy("one", "role", {"Statement": statement})]
    assert rule(policies, "a:b", "*", {"key": (has,)}).decision == decision


def test_an_operator_that_is_not_there_says_so() -> None:
    statement = allow("a:B", Condition={"DateLessThan": {"Key": "2030"}})
    policies = [Policy("one", "role", {"Statement": statement})]
    with pytest.raises(ApiError, match="DateLessThan"):
        rule(policies, "a:B", "*", {"key": ("2031",)})
