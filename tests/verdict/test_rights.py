"""What the doctor says of permissions, from what IAM's simulation said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdactl.model_permissions import HookRight, Rights, UserRights
from lambdactl.verdict.findings import Finding, Grade
from lambdactl.verdict.rights import of_caller, of_hook

ROLE = "arn:aws:iam::123456789012:role/team/deploy"
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:check"


def hook(allowed: bool | None, said: str = "implicitDeny", **changes: Any) -> Finding:
    words: dict[str, Any] = {"hook": "check", "role": ROLE, "arn": ARN}
    return of_hook(HookRight(**{**words, **changes}, allowed=allowed, said=said))


def test_a_hook_that_may_not_be_invoked_is_a_problem_with_the_one_permission_that_mends_it() -> (
    None
):
    found = hook(False)
    assert found.grade is Grade.PROBLEM
    assert "may not invoke hook check" in found.title
    assert "CodeDeployHook_* only, and not this name" in found.evidence
    command, _, document = str(found.command).partition(" --policy-document ")
    assert "--role-name deploy " in command
    (statement,) = json.loads(document.strip("'"))["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("lambda:InvokeFunction", ARN)


@pytest.mark.parametrize("name", ["check", "CodeDeployHook_check"])
def test_what_iam_does_not_say_is_unknown_whatever_the_hook_is_called(name: str) -> None:
    found = hook(None, "no permission: iam:SimulatePrincipalPolicy", hook=name)
    assert found.grade is Grade.UNKNOWN
    assert "no permission: iam:SimulatePrincipalPolicy" in found.evidence
    assert str(found.command).startswith(
        f"aws iam simulate-principal-policy --policy-source-arn {ROLE}"
    )


def test_without_a_role_there_is_nothing_to_ask_about() -> None:
    found = hook(None, "the deployment group was not read", role=None)
    assert (found.grade, found.command) == (Grade.UNKNOWN, None)


def test_a_hook_that_may_be_invoked_is_well() -> None:
    assert hook(True, "allowed by IAM's simulation").grade is Grade.OK


def rights(**missing: tuple[str, ...]) -> list[Finding]:
    users = tuple(
        UserRights(user, ("status",) if user == "read-only" else ("shift", "abort"), lacks)
        for user, lacks in (
            ("read-only", {c: a for c, a in missing.items() if c == "status"}),
            ("operator", {c: a for c, a in missing.items() if c != "status"}),
        )
    )
    return list(of_caller(Rights(ROLE, users), "checkout"))


def test_who_may_look_only_is_not_ill() -> None:
    look, operate = rights(shift=("lambda:UpdateAlias",), abort=("lambda:UpdateAlias",))
    assert (look.grade, operate.grade) == (Grade.OK, Grade.NOTE)
    assert operate.evidence == "shift, abort: lambda:UpdateAlias"
    assert operate.command == "lambdactl iam-policy --operator -f checkout"
    assert operate.missing == dict.fromkeys(("shift", "abort"), ("lambda:UpdateAlias",))


def test_who_may_not_even_look_is_warned() -> None:
    look, _ = rights(status=("cloudwatch:DescribeAlarms",))
    assert (look.grade, look.evidence) == (Grade.WARNING, "status: cloudwatch:DescribeAlarms")


def test_where_iam_may_not_be_asked_that_is_what_is_said() -> None:
    denied = Rights(ROLE, unknown="no permission: iam:SimulatePrincipalPolicy")
    (found,) = of_caller(denied, "checkout")
    assert found.grade is Grade.UNKNOWN
    assert "simulate-principal-policy" in str(found.command)


def test_nothing_is_said_of_what_nobody_asked() -> None:
    assert list(of_caller(None, "checkout")) == []
