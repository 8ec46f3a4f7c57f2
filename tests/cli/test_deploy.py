"""``lambdactl deploy`` against the sandbox: shown, asked, executed, followed, remembered."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lambdactl.cli import session, state
from lambdactl.cli.deploying import failure_of
from lambdactl.cli.included import STACK, included_template
from lambdactl.ops.stack_events import StackOperationEnded
from lambdactl.sandbox.open import Sandbox
from tests.cli.conftest import Run, Said

FAST = ("--parameter", "DeploymentPreferenceType=AllAtOnce")


@pytest.fixture
def place(sandbox: Sandbox) -> Iterator[Sandbox]:
    """The running sandbox as the context ``sandbox``."""
    environment = sandbox.environment()
    state.remember_sandbox(
        state.SandboxState(
            endpoint=sandbox.endpoint,
            region=sandbox.account.region,
            account_id=sandbox.account.id,
            access_key_id=environment["AWS_ACCESS_KEY_ID"],
            secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            pid=os.getpid(),
            speed=60.0,
        )
    )
    yield sandbox


def change_sets(place: Sandbox) -> list[Any]:
    client = place.client("cloudformation")
    found: list[Any] = client.list_change_sets(StackName=STACK)["Summaries"]
    return found


def test_the_life_of_a_stack(cli: Run, place: Sandbox, person: Callable[..., None]) -> None:
    first = cli("--context", "sandbox", "deploy", "--yes", *FAST)
    check_first(first)
    function = state.current().function  # type: ignore[union-attr]

    again = cli("deploy", "--yes")
    assert again.code == 0
    assert "Note     nothing to deploy: stack lambdactl-demo already is what" in again.out

    dry = cli("deploy", "--dry-run", "--parameter", "Release=two")
    assert dry.code == 0
    assert (
        f"Alias    {function}:prod  is moved by CodeDeploy  a new version is published" in dry.out
    )
    assert re.search(
        r"\ndry run: the change set lambdactl-\S+ was made and is discarded,"
        r" no resource was changed;\n"
        r"         what was uploaded for it stays in the bucket lambdactl-artifacts-\S+\n$",
        dry.err,
    )
    assert change_sets(place) == []

    person("n")
    asked = cli("deploy", "--parameter", "Release=two")
    assert asked.code == 3
    assert "Proceed? [y/N] error: not confirmed: nothing was changed\n" in asked.err
    assert change_sets(place) == []
    assert "v2" not in cli("versions").out

    person("y")
    released = cli("deploy", "--parameter", "Release=two", "-o", "json")
    check_released(released)
    assert cli("status", "--exit-status").out.startswith("✔ DONE  v2 has all traffic since d-")

    broken = cli("deploy", "--yes", "--parameter", "FailurePercent=100")
    assert broken.code == 6
    assert broken.out.startswith(f"{STACK}  UPDATE_ROLLBACK_COMPLETE\n")
    assert f"error: the deploy of {STACK} was rolled back: UPDATE_ROLLBACK_COMPLETE" in broken.err

    back = cli("deploy", "--attach", "--stack-name", STACK)
    assert back.code == 6
    assert "sandbox ← last deploy" in back.err
    assert "✖ stack    UPDATE_FAILED  ServiceAliasprod" in back.err


def check_first(first: Said) -> None:
    assert first.code == 0, first.err
    assert first.out.startswith(f"{STACK}  CREATE_COMPLETE\n  AliasName ")
    assert "Template the included stack: no other one is named\n" in first.err
    assert "✔ bucket   lambdactl-artifacts-000000000000-us-east-1 made" in first.err
    assert ":prod: no hooks and no canary" in first.err
    current = state.current()
    assert current is not None
    assert (current.alias, current.stack, current.template) == ("prod", STACK, None)
    assert (current.account_id, current.context) == ("000000000000", "sandbox")
    assert first.err.endswith(f"remembered {current.function}:prod as the current target\n")


def check_released(released: Said) -> None:
    assert released.code == 0, released.err
    told = json.loads(released.out)
    assert told["kind"] == "Deploy"
    assert told["data"]["stack"]["status"] == "UPDATE_COMPLETE"
    assert told["data"]["releases"][0]["how"] == "CodeDeploy"
    assert "✔ hook     BeforeAllowTraffic Succeeded" in released.err


def test_ctrl_c_detaches_and_says_how_to_come_back(
    cli: Run, place: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = place.client("cloudformation")

    def interrupted_while_it_is_made(seconds: float) -> None:
        status = client.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]
        if status == "CREATE_IN_PROGRESS":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(session, "sleep", interrupted_while_it_is_made)
        said = cli("--context", "sandbox", "deploy", "--yes")
    assert said.code == 130
    assert said.err.endswith(
        f"interrupted: CloudFormation and CodeDeploy go on with stack {STACK}; come back with"
        f" lambdactl --context sandbox deploy --attach --stack-name {STACK}\n"
    )
    assert state.current() is None
    back = cli("--context", "sandbox", "deploy", "--attach", "--stack-name", STACK)
    assert back.code == 0
    assert "✔ stack    CREATE_COMPLETE  ServiceAliasprod" in back.err
    current = state.current()
    assert current is not None
    assert (current.stack, current.alias) == (STACK, "prod")


def test_nobody_to_ask_is_found_out_before_anything_is_sent(cli: Run, place: Sandbox) -> None:
    said = cli("--context", "sandbox", "deploy")
    assert said.code == 3
    assert "lambdactl --context sandbox deploy --yes" in said.err
    assert place.client("s3").list_buckets()["Buckets"] == []


def test_a_bucket_is_asked_for(cli: Run, place: Sandbox, person: Callable[..., None]) -> None:
    person("n")
    said = cli("--context", "sandbox", "deploy")
    assert said.code == 3
    assert (
        "Make lambdactl-artifacts-000000000000-us-east-1 (private, encrypted) in us-east-1? [y/N] "
        in said.err
    )
    assert place.client("s3").list_buckets()["Buckets"] == []


def test_a_dry_run_makes_no_bucket(cli: Run, place: Sandbox) -> None:
    said = cli("--context", "sandbox", "deploy", "--dry-run")
    assert said.code == 0
    assert said.out.startswith("Changes  11 resources\n")
    assert "+ Add  Service               AWS::Serverless::Function\n" in said.out
    bucket = "lambdactl-artifacts-000000000000-us-east-1"
    assert f"Note     would make bucket {bucket}: private, encrypted\n" in said.out
    assert "Note     would upload app/\n" in said.out
    assert "Note     would make stack lambdactl-demo, with all traffic at once\n" in said.out
    assert said.err.endswith("dry run: nothing was made, sent or changed\n")
    calls = [entry for entry in place.journal if entry.writes]
    assert calls == []


def test_a_dry_run_without_a_bucket_as_a_document(cli: Run, place: Sandbox) -> None:
    said = cli("--context", "sandbox", "deploy", "--dry-run", "-o", "json")
    data = json.loads(said.out)["data"]
    assert (said.code, data["applied"], data["actions"], data["stack"]) == (0, False, [], None)
    assert {change["action"] for change in data["changes"]} == {"Add"}


def test_a_dry_run_finds_what_is_wrong_without_a_bucket_too(cli: Run, place: Sandbox) -> None:
    said = cli("--context", "sandbox", "deploy", "--dry-run", "--parameter", "Relaese=x")
    assert (said.code, "has no parameter Relaese" in said.err) == (2, True)
    assert [entry for entry in place.journal if entry.writes] == []


@pytest.mark.parametrize("name", ["template.yaml", "template.yml"])
def test_a_template_that_lies_here_is_not_passed_over(
    cli: Run, place: Sandbox, working_directory: Path, name: str
) -> None:
    here = working_directory / name
    here.write_text("Resources: {Topic: {Type: AWS::SNS::Topic}}\n")
    refusal = (
        f"error: {name} is here, and no template is named\n"
        "  why: the last deploy was not of it, so this would deploy the included stack\n"
        f"  try: lambdactl --context sandbox deploy -t {name} --stack-name NAME"
        "   or   lambdactl --context sandbox deploy --included\n"
    )
    for last in ("nothing", "the included stack"):
        if last != "nothing":
            remembered(template=None)
        said = cli("--context", "sandbox", "deploy", "--yes")
        assert (said.code, said.err) == (2, refusal), last
    assert list(place.journal) == []
    said = cli("--context", "sandbox", "deploy", "--included", "--dry-run")
    assert (said.code, "would make stack lambdactl-demo" in said.out) == (0, False)
    remembered(template=str(here))
    said = cli("--context", "sandbox", "deploy", "--dry-run")
    assert (said.code, f"Template {here} ← last deploy\n" in said.err) == (0, True)
    said = cli("--context", "sandbox", "deploy", "--included", "--dry-run")
    assert (said.code, "would make stack lambdactl-demo" in said.out) == (0, True)


def test_two_templates_are_one_too_many(cli: Run, place: Sandbox) -> None:
    said = cli("--context", "sandbox", "deploy", "--included", "--template", "t.yml")
    assert (said.code, "--included and --template name two" in said.err) == (2, True)
    assert list(place.journal) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--stack-name", "no_good"), "error: 'no_good' is not a name for a stack"),
        (("--parameter", "Relaese=x"), f"error: {included_template()} has no parameter Relaese"),
        (("--template", "bad.yml", "--stack-name", "s"), "error: bad.yml"),
        (("--template", "bad.yml"), "error: no stack is named for bad.yml"),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, tuple) else None,
)
def test_a_mistake_is_named_before_anything_is_sent(
    cli: Run, place: Sandbox, working_directory: Path, words: tuple[str, ...], message: str
) -> None:
    (working_directory / "bad.yml").write_text("Resources: [unclosed\n")
    said = cli("--context", "sandbox", "deploy", "--yes", *words)
    assert said.code == 2
    assert message in said.err
    assert place.client("s3").list_buckets()["Buckets"] == []


def remembered(template: str | None) -> None:
    state.remember(
        state.Current(
            function="f",
            alias="live",
            stack="shop",
            template=template,
            region="us-east-1",
            account_id="000000000000",
            context="sandbox",
            profile=None,
            endpoint=None,
            deployed="2026-11-20T14:00:00Z",
        )
    )


def test_the_last_stack_is_never_given_another_template(
    cli: Run, place: Sandbox, working_directory: Path
) -> None:
    other = working_directory / "other.yml"
    other.write_text("Resources: {}\n")
    remembered(template=None)
    said = cli("--context", "sandbox", "deploy", "--template", "other.yml", "--dry-run")
    assert (said.code, "error: no stack is named for other.yml" in said.err) == (2, True)
    remembered(template="")
    said = cli("--context", "sandbox", "deploy", "--dry-run")
    assert "stack shop" not in said.err
    remembered(template=str(other))
    said = cli("deploy", "--dry-run")
    assert "stack shop ← last deploy" in said.err
    assert f"Template {other} ← last deploy\n" in said.err


@pytest.mark.parametrize(
    ("status", "way_out"),
    [
        ("ROLLBACK_COMPLETE", "aws cloudformation delete-stack --stack-name shop   then deploy"),
        ("UPDATE_ROLLBACK_COMPLETE", "lambdactl status"),
    ],
)
def test_the_way_out_of_a_failed_deploy_depends_on_what_is_left(status: str, way_out: str) -> None:
    at = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
    failure = failure_of(StackOperationEnded(at, "shop", status, "no", {}, ()))
    assert failure is not None
    assert (failure.exit_code, failure.hint) == (6, way_out)
