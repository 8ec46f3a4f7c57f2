"""The questions to IAM's simulation, and whom they are about."""

from __future__ import annotations

from typing import Any

import pytest

from lambdactl.aws import simulation
from lambdactl.errors import LambdactlError, PermissionDenied, Refused
from tests.aws.stubs import Script

ROLE = "arn:aws:iam::123456789012:role/team/ops"
SESSION = "arn:aws:sts::123456789012:assumed-role/ops/alice"


def row(action: str, decision: str) -> dict[str, Any]:
    return {"EvalActionName": action, "EvalResourceName": "*", "EvalDecision": decision}


def answers(script: Script, actions: list[str], *rows: dict[str, Any], **more: Any) -> None:
    asked = {"PolicySourceArn": ROLE, "ActionNames": actions, **more}
    script.expect("iam", "simulate_principal_policy", asked, {"EvaluationResults": list(rows)})


def test_a_denial_of_any_result_of_an_action_counts(script: Script) -> None:
    rows = [row("a:B", "allowed"), row("a:C", "allowed"), row("a:C", "explicitDeny")]
    answers(script, ["a:B", "a:C"], *rows)
    told = simulation.decisions(script.aws, ROLE, ["a:C", "a:B"])
    assert told == {"a:B": "allowed", "a:C": "explicitDeny"}


def test_each_resource_is_a_question_of_its_own(script: Script) -> None:
    answers(script, ["a:B"], row("a:B", "implicitDeny"))
    answers(script, ["a:C"], row("a:C", "allowed"), ResourceArns=["arn:x"])
    denied = simulation.denied(script.aws, ROLE, {"a:C": "arn:x", "a:B": "*"})
    assert denied == {"a:B"}


def test_what_iam_does_not_answer_is_not_allowed(script: Script) -> None:
    answers(script, ["a:B", "a:C"], row("a:B", "allowed"))
    with pytest.raises(LambdactlError, match="says nothing of a:C"):
        simulation.decisions(script.aws, ROLE, ["a:B", "a:C"])


def test_a_denial_of_the_question_names_its_action(script: Script) -> None:
    script.fails("iam", "simulate_principal_policy", "AccessDenied", status=403)
    with pytest.raises(PermissionDenied) as raised:
        simulation.decisions(script.aws, ROLE, ["a:B"])
    assert raised.value.action == "iam:SimulatePrincipalPolicy"


def test_a_session_is_judged_by_its_role_with_the_roles_path(script: Script) -> None:
    role = {
        "Path": "/team/", "RoleName": "ops", "RoleId": "AROAAAAAAAAAAAAAAAAAA", "Arn": ROLE,
        "CreateDate": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    script.expect("iam", "get_role", {"RoleName": "ops"}, {"Role": role})
    assert simulation.principal_of(script.aws, SESSION) == ROLE


def test_where_the_role_may_not_be_read_it_is_taken_to_have_no_path(script: Script) -> None:
    script.fails("iam", "get_role", "AccessDenied", status=403)
    bare = "arn:aws:iam::123456789012:role/ops"
    assert simulation.principal_of(script.aws, SESSION) == bare


@pytest.mark.parametrize(
    "caller",
    ["arn:aws:iam::123456789012:root", "arn:aws:sts::123456789012:federated-user/alice"],
)
def test_who_cannot_be_simulated(script: Script, caller: str) -> None:
    with pytest.raises(Refused, match="cannot simulate"):
        simulation.principal_of(script.aws, caller)


def test_a_user_is_itself(script: Script) -> None:
    user = "arn:aws:iam::123456789012:user/alice"
    assert simulation.principal_of(script.aws, user) == user
