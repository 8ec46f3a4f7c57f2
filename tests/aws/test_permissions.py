"""The policies against the calls that the code makes, and what they must never allow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import lambdactl.aws
from lambdactl.aws.command_permissions import COMMANDS, missing
from lambdactl.aws.permissions import User, action_of, actions, policy

FREE = {"sts:GetCallerIdentity"}
"""Needs no permission."""
WITH_TAGS = {"lambda:ListTags"}
"""GetFunction answers without the tags to those who may not list them."""
ROOM = Path(lambdactl.aws.__file__).parent
CALLS = {"call", "pages", "write", "asking"}


def calls_of(source: str) -> Iterator[tuple[str, str]]:
    """(service, operation) of every call of the door that stands in ``source`` as text."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else None
        words = [a.value for a in node.args if isinstance(a, ast.Constant)]
        if name in CALLS and len(words) >= 2 and str(words[1])[:1].isupper():
            yield str(words[0]), str(words[1])


MADE = sorted({c for path in ROOM.glob("*.py") for c in calls_of(path.read_text(encoding="utf-8"))})


def test_the_calls_of_the_room_were_found() -> None:
    assert len(MADE) > 40
    assert {("lambda", "UpdateAlias"), ("codedeploy", "StopDeployment")} <= set(MADE)


@pytest.mark.parametrize(("service", "operation"), MADE)
def test_every_call_is_in_a_policy(service: str, operation: str) -> None:
    granted = FREE.union(*(actions(user) for user in User))
    assert action_of(service, operation) in granted


def test_nothing_is_granted_that_no_call_needs() -> None:
    needed = WITH_TAGS | {action_of(service, operation) for service, operation in MADE}
    assert set().union(*(actions(user) for user in User)) - needed == set()


@pytest.mark.parametrize("user", list(User))
def test_no_command_needs_more_than_the_policy_of_its_user(user: User) -> None:
    needed = {a for some in COMMANDS[user].values() for a in some}
    assert needed - actions(user) == set()


def test_what_is_denied_is_missing_in_the_commands_that_need_it() -> None:
    told = missing(["lambda:UpdateAlias", "logs:FilterLogEvents"])
    assert set(told[User.READ_ONLY]) == {"logs", "deployments"}
    assert set(told[User.OPERATOR]) == {"shift", "promote", "abort", "rollback", "hook"}
    assert told[User.PRUNER] == {}


@pytest.mark.parametrize("user", list(User))
def test_no_action_is_a_wildcard(user: User) -> None:
    assert not [a for a in actions(user) if "*" in a]


def test_to_look_is_to_change_nothing() -> None:
    verbs = ("Describe", "Get", "List", "BatchGet", "Filter", "Simulate")
    assert all(a.split(":")[1].startswith(verbs) for a in actions(User.READ_ONLY))


@pytest.mark.parametrize("function", ["*", "checkout"])
def test_a_delete_is_allowed_with_a_version_only(function: str) -> None:
    document = policy(User.PRUNER, function=function, account="123456789012", region="eu-west-1")
    (deletes,) = (s for s in document["Statement"] if "lambda:DeleteFunction" in s["Action"])
    assert deletes["Resource"] == f"arn:aws:lambda:eu-west-1:123456789012:function:{function}:*"


@pytest.mark.parametrize("user", [User.READ_ONLY, User.OPERATOR, User.DEPLOYER])
def test_only_the_pruner_deletes_versions(user: User) -> None:
    assert "lambda:DeleteFunction" not in actions(user)
