"""doctor: what it finds in a sandbox, what it may not ask, and what it says when not let in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdactl.sandbox.faults import denied, expired, skewed
from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.scenarios.stage import zipped
from tests.cli.conftest import Run

TARGET = ("-f", "checkout:live")


@pytest.fixture
def placed(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A sandbox with ``checkout:live`` on its only version, where the environment leads."""
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    functions = sandbox.client("lambda")
    functions.create_function(
        FunctionName="checkout",
        Runtime="python3.13",
        Role=f"arn:aws:iam::{sandbox.account.id}:role/checkout",
        Handler="index.handler",
        Code={"ZipFile": zipped("def handler(event, context):\n    return 1\n")},
        Publish=True,
    )
    functions.create_alias(FunctionName="checkout", Name="live", FunctionVersion="1")
    return sandbox


def found(cli: Run, *words: str) -> list[dict[str, Any]]:
    said = cli("doctor", *TARGET, *words, "-o", "json", "-q")
    assert said.code == 0, said.err
    findings: list[dict[str, Any]] = json.loads(said.out)["data"]
    return findings


def titles(findings: list[dict[str, Any]], grade: str) -> list[str]:
    return [f["title"] for f in findings if f["grade"] == grade]


def test_an_administrator_may_run_every_command(cli: Run, placed: Sandbox) -> None:
    well = titles(found(cli), "ok")
    for user in ("read-only", "operator", "pruner", "deployer"):
        assert f"these credentials may run all of {user}" in well


def test_what_is_denied_is_named_by_role_and_command(cli: Run, placed: Sandbox) -> None:
    placed.faults.add("lambda:UpdateAlias", denied())
    placed.faults.add("codedeploy:StopDeployment", denied())
    (lack,) = (f for f in found(cli) if f["missing"])
    assert (lack["grade"], lack["title"]) == (
        "note",
        "these credentials lack permissions of operator",
    )
    assert lack["missing"]["shift"] == ["lambda:UpdateAlias"]
    assert lack["missing"]["abort"] == ["codedeploy:StopDeployment", "lambda:UpdateAlias"]
    assert lack["command"] == "lambdactl iam-policy --operator -f checkout"


def test_where_iam_may_not_be_asked_the_command_that_asks_is_printed(
    cli: Run, placed: Sandbox
) -> None:
    placed.faults.add("iam:SimulatePrincipalPolicy", denied())
    (unknown,) = (f for f in found(cli) if f["grade"] == "unknown")
    assert unknown["evidence"] == "no permission: iam:SimulatePrincipalPolicy"
    assert unknown["command"].startswith("aws iam simulate-principal-policy --policy-source-arn")


def test_who_is_asking_where_and_by_whose_word(cli: Run, placed: Sandbox) -> None:
    told = {f["title"]: f["evidence"] for f in found(cli)}
    assert told["the credentials work"] == f"arn:aws:iam::{placed.account.id}:user/sandbox"
    assert told["any account would do"].startswith(placed.account.id)
    assert told["the region is known"] == "us-east-1 ← AWS_REGION"


@pytest.mark.parametrize(
    ("trouble", "title", "command"),
    [
        (expired(), "the credentials have expired", "aws sso login"),
        (
            skewed(900.0),
            "AWS refused the signature for its time: this machine's clock is wrong",
            "timedatectl set-ntp true",
        ),
    ],
)
def test_who_is_not_let_in_is_told_why_as_a_finding_too(
    cli: Run, placed: Sandbox, trouble: Any, title: str, command: str
) -> None:
    placed.faults.add("*", trouble)
    said = cli("doctor", *TARGET, "-o", "json")
    told = json.loads(said.out)
    assert said.code == 4
    assert (told["kind"], told["context"]["account_id"]) == ("Findings", None)
    first = told["data"][0]
    assert (first["grade"], first["title"]) == ("problem", title)
    assert first["command"].startswith(command)
    assert json.loads(said.err)["error"]["code"] == "credentials"


def test_another_account_is_a_finding(
    cli: Run, placed: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = cli("doctor", "-f", "arn:aws:lambda:us-east-1:123456789012:function:checkout:live")
    assert said.code == 4
    assert "problem  these credentials are for account 000000000000" in said.out


def test_before_a_function_is_named_the_way_to_aws_is_looked_at(cli: Run, placed: Sandbox) -> None:
    said = cli("doctor", "-o", "json")
    assert said.code == 0, said.err
    told = json.loads(said.out)["data"]
    assert {"the credentials work", "the region is known"} <= set(titles(told, "ok"))
    assert ("note", "no function is named") in [(f["grade"], f["title"]) for f in told]
