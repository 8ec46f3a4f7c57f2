"""Every command does its work under the policy that is printed for it, and nothing more."""

from __future__ import annotations

import json

import pytest

from lambdactl.aws.command_permissions import COMMANDS
from lambdactl.aws.permissions import User, action_of, actions
from lambdactl.sandbox.faults import Blow, Trouble, denied
from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.wire import Call
from tests.cli.conftest import Run, Said

ABOUT_ONESELF = {"sts:GetCallerIdentity", "iam:SimulatePrincipalPolicy"}
FAST = ("-p", "DeploymentPreferenceType=AllAtOnce")


def allowing_only(user: User, key: str) -> Trouble:
    """IAM as the policy of ``user`` has it: whoever signs with ``key`` can do nothing else."""
    allowed = {*actions(user), "sts:GetCallerIdentity"}
    deny = denied()

    def strike(call: Call, caller_arn: str) -> Blow:
        if call.caller != key or action_of(call.service, call.operation) in allowed:
            return Blow()
        return deny(call, caller_arn)

    return strike


@pytest.fixture
def under(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, cli: Run) -> Run:
    """``under(User.OPERATOR, "shift", ...)``: a command with the rights of that user."""
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)

    def run(user: User, *words: str) -> Said:
        sandbox.door.faults.clear()
        key = sandbox.environment()["AWS_ACCESS_KEY_ID"]
        sandbox.door.faults.add("*", allowing_only(user, key))
        return cli(*words)

    return run


def test_every_command_runs_under_its_policy(under: Run, sandbox: Sandbox) -> None:
    for release in ("first", "second"):
        said = under(User.DEPLOYER, "deploy", "-y", "-p", f"Release={release}", *FAST)
        assert said.code == 0, said.err
    ran = [
        (User.READ_ONLY, ("status",)),
        (User.READ_ONLY, ("versions",)),
        (User.READ_ONLY, ("list", "--all")),
        (User.READ_ONLY, ("aliases",)),
        (User.READ_ONLY, ("events",)),
        (User.READ_ONLY, ("diff", "1", "2")),
        (User.READ_ONLY, ("logs", "--version", "2", "--since", "7d")),
        (User.READ_ONLY, ("logs", "--errors")),
        (User.READ_ONLY, ("deployments",)),
        (User.READ_ONLY, ("alarms",)),
        (User.READ_ONLY, ("doctor",)),
        (User.READ_ONLY, ("doctor", "-o", "json")),
        (User.OPERATOR, ("shift", "--to", "1", "--weight", "10", "-y")),
        (User.OPERATOR, ("abort", "-y")),
        (User.OPERATOR, ("shift", "--to", "1", "--weight", "10", "-y")),
        (User.OPERATOR, ("promote", "-y")),
        (User.OPERATOR, ("rollback", "--to", "2", "-y")),
        (User.READ_ONLY, ("storage",)),
        (User.PRUNER, ("prune", "--keep", "2", "-n")),
    ]
    for user, words in ran:
        before = list(sandbox.door.journal)[-1].number
        said = under(user, *words)
        assert said.code == 0, (words, said.err)
        assert "no permission" not in said.out + said.err, words
        calls = [e for e in sandbox.door.journal.since(before) if e.caller]
        asked = {action_of(e.service, e.operation) for e in calls} - ABOUT_ONESELF
        assert asked <= set(COMMANDS[user][words[0]]), words


def test_who_may_only_look_changes_nothing(under: Run, sandbox: Sandbox) -> None:
    for release in ("first", "second"):
        assert under(User.DEPLOYER, "deploy", "-y", "-p", f"Release={release}", *FAST).code == 0
    before = list(sandbox.door.journal)[-1].number
    said = under(User.READ_ONLY, "shift", "--to", "1", "--weight", "10", "-y")
    assert said.code == 13
    assert "lambda:UpdateAlias" in said.err.split("error: ")[1]
    answered = [e for e in sandbox.door.journal.since(before) if e.caller and e.status < 400]
    writes = [e.action for e in answered if e.writes]
    assert writes == []


def test_it_is_printed_as_a_policy(cli: Run) -> None:
    said = cli("iam-policy", "--pruner", "-f", "checkout:live", "--region", "eu-west-1")
    document = json.loads(said.out)
    assert (said.code, said.err, document["Version"]) == (0, "", "2012-10-17")
    (deletes,) = (s for s in document["Statement"] if "lambda:DeleteFunction" in s["Action"])
    assert deletes["Resource"] == "arn:aws:lambda:eu-west-1:*:function:checkout:*"


def test_two_users_are_two_policies(cli: Run) -> None:
    said = cli("iam-policy", "--pruner", "--operator")
    assert said.code == 2
    assert "--operator and --pruner are two policies" in said.err
