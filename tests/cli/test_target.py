"""Where the target comes from: the order of the sources, each value's origin, and the place."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Never

import pytest

from lambdactl.cli import state
from lambdactl.errors import NoRegion
from lambdactl.model import Place
from tests.cli.conftest import Run
from tests.cli.shop import Shop

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:checkout:live"


@pytest.fixture
def running() -> Iterator[state.SandboxState]:
    """A sandbox as far as its state file goes; something listens there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        found = state.SandboxState(
            endpoint=f"http://127.0.0.1:{port}",
            region="us-east-1",
            account_id="000000000000",
            access_key_id="made",
            secret_access_key="up",
            pid=1,
            speed=30.0,
        )
        state.remember_sandbox(found)
        yield found


def remember(**changes: str | None) -> None:
    values: dict[str, str | None] = {
        "function": "checkout",
        "alias": "live",
        "stack": "shop",
        "template": None,
        "region": "eu-west-1",
        "account_id": "123456789012",
        "context": None,
        "profile": None,
        "endpoint": None,
        "deployed": "2026-11-20T14:00:00Z",
    }
    state.remember(state.Current(**{**values, **changes}))  # type: ignore[arg-type]


def in_the_sandbox(found: state.SandboxState) -> None:
    remember(
        context="sandbox",
        region=found.region,
        account_id=found.account_id,
        endpoint=found.endpoint,
    )


def shown(cli: Run, *words: str) -> dict[str, tuple[str, str]]:
    said = cli("context", "show", "-o", "json", *words)
    assert said.code == 0, said.err
    return {k: (v["text"], v["origin"]) for k, v in json.loads(said.out).items()}


def test_nothing_says_nothing(cli: Run) -> None:
    assert shown(cli) == {}


def test_flags(cli: Run) -> None:
    words = ("-f", "checkout:live", "--region", "eu-west-1", "--profile", "ops")
    assert shown(cli, *words) == {
        "function": ("checkout", "-f"),
        "alias": ("live", "-f"),
        "region": ("eu-west-1", "--region"),
        "profile": ("ops", "--profile"),
    }


def test_an_arn_names_the_region_and_pins_the_account(cli: Run) -> None:
    assert shown(cli, "-f", ARN) == {
        "function": ("checkout", "-f"),
        "alias": ("live", "-f"),
        "region": ("eu-west-1", "-f"),
        "account_id": ("123456789012", "-f"),
    }


def test_each_source_outranks_the_next(
    cli: Run, monkeypatch: pytest.MonkeyPatch, working_directory: Path, tmp_path: Path
) -> None:
    remember(function="remembered")
    assert shown(cli)["function"] == ("remembered", "last deploy")
    config = tmp_path / "config.toml"
    config.write_text('current_context = "ops"\n[contexts.ops]\nfunction = "contextual"\n')
    monkeypatch.setenv("LAMBDACTL_CONFIG", str(config))
    assert shown(cli)["function"] == ("contextual", "context ops")
    (working_directory / "lambdactl.toml").write_text('function = "projected"\n')
    assert shown(cli)["function"] == ("projected", "./lambdactl.toml")
    monkeypatch.setenv("LAMBDACTL_FUNCTION", "environmental")
    assert shown(cli)["function"] == ("environmental", "LAMBDACTL_FUNCTION")
    assert shown(cli, "-f", "flagged")["function"] == ("flagged", "-f")


def test_an_alias_is_never_taken_for_another_function(cli: Run, working_directory: Path) -> None:
    (working_directory / "lambdactl.toml").write_text('function = "checkout"\nalias = "live"\n')
    assert "alias" not in shown(cli, "-f", "other")
    assert shown(cli, "-f", "checkout")["alias"] == ("live", "./lambdactl.toml")


def test_a_named_context_outranks_the_environment(
    cli: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[contexts.ops]\nregion = "eu-west-1"\n')
    monkeypatch.setenv("LAMBDACTL_CONFIG", str(config))
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    assert shown(cli, "--context", "ops")["region"] == ("eu-west-1", "context ops")
    assert shown(cli)["region"] == ("us-west-2", "AWS_REGION")


def test_the_project_file_is_looked_for_up_to_the_root_of_the_git_tree(
    cli: Run, monkeypatch: pytest.MonkeyPatch, working_directory: Path
) -> None:
    (working_directory / "lambdactl.toml").write_text('function = "checkout"\n')
    (working_directory.parent / "lambdactl.toml").write_text('function = "beyond"\n')
    below = working_directory / "src" / "deep"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert shown(cli)["function"][0] == "checkout"
    (working_directory / "lambdactl.toml").unlink()
    assert shown(cli) == {}


def test_pyproject_will_do(cli: Run, working_directory: Path) -> None:
    (working_directory / "pyproject.toml").write_text(
        '[tool.lambdactl]\nfunction = "checkout:live"'
    )
    assert shown(cli)["alias"] == ("live", "./pyproject.toml")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('functoin = "x"', "./lambdactl.toml: unknown key functoin", "did you mean function?"),
        ("alias = 3", "./lambdactl.toml: alias is not a text", 'alias = "3"'),
    ],
)
def test_a_mistake_in_a_file_is_named(
    cli: Run, working_directory: Path, text: str, message: str, hint: str
) -> None:
    (working_directory / "lambdactl.toml").write_text(text)
    said = cli("status")
    assert said.code == 2
    kind = "the command line, a file or a setting has to be corrected first"
    assert said.err == f"error: {message}\n  why: {kind}\n  try: {hint}\n"


def test_a_file_that_is_not_toml_is_named(cli: Run, working_directory: Path) -> None:
    (working_directory / "lambdactl.toml").write_text("function =")
    said = cli("status")
    assert said.code == 2
    assert said.err.startswith("error: ./lambdactl.toml cannot be read\n  why: ")


def test_the_pinned_account_refuses_any_other(
    cli: Run, shop: Shop, working_directory: Path
) -> None:
    (working_directory / "lambdactl.toml").write_text(
        'function = "checkout"\nalias = "live"\naccount_id = "210987654321"\n'
    )
    said = cli("abort", "--yes")
    assert said.code == 4
    assert said.err == (
        "error: these credentials are for account 123456789012, not for 210987654321\n"
        "  why: account 210987654321 ← ./lambdactl.toml; nothing was read or changed there\n"
        "  try: --profile NAME, of a profile for account 210987654321\n"
    )
    assert shop.log == []


def test_the_last_deploy_says_where_it_was(cli: Run, shop: Shop) -> None:
    remember()
    said = cli("status")
    assert said.code == 0
    assert said.err == (
        "Target   checkout:live  123456789012  eu-west-1\n"
        "         function ← last deploy   alias ← last deploy   region eu-west-1 ← last deploy\n"
    )


def test_on_a_terminal_the_block_breaks_between_its_parts(
    cli: Run, shop: Shop, person: Callable[..., None], running: state.SandboxState
) -> None:
    person("n")
    function, alias = "f" * 64, "a" * 128
    assert cli("status", "-f", f"{function}:{alias}").err.startswith(
        f"Target   {function}:\n         {alias}\n         123456789012  eu-west-1\n"
        "         function ← -f   alias ← -f\n"
    )
    shop.where = Place("000000000000", "us-east-1", endpoint=running.endpoint)
    said = cli("status", "-f", f"{'f' * 40}:live", "--context", "sandbox").err.splitlines()
    assert said[:3] == [
        f"Target   {'f' * 40}:live  000000000000",
        f"         (SANDBOX {running.endpoint})  us-east-1",
        "         function ← -f   alias ← -f   context sandbox ← --context",
    ]


def test_in_a_pipe_the_block_is_not_broken(cli: Run, shop: Shop) -> None:
    said = cli("status", "-f", f"{'f' * 64}:{'a' * 128}").err
    assert said.startswith(f"Target   {'f' * 64}:{'a' * 128}  123456789012  eu-west-1\n")


def test_the_last_deploy_is_not_applied_to_another_account(cli: Run, shop: Shop) -> None:
    remember()
    shop.where = Place("999999999999", "eu-west-1")
    said = cli("promote", "--yes")
    assert said.code == 4
    assert "account 123456789012 ← last deploy" in said.err
    assert shop.log == []


def test_the_last_deploys_region_outranks_the_environment_but_not_a_flag(
    cli: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember()
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    assert shown(cli)["region"] == ("eu-west-1", "last deploy")
    assert "function" not in shown(cli, "--region", "us-west-2")


def test_naming_a_function_leaves_the_last_deploy_out(
    cli: Run, running: state.SandboxState
) -> None:
    in_the_sandbox(running)
    assert shown(cli, "-f", "checkout:live") == {
        "function": ("checkout", "-f"),
        "alias": ("live", "-f"),
    }


@pytest.mark.usefixtures("running")
def test_where_no_region_is_set_the_running_sandbox_is_pointed_to(
    cli: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_region(_meant: object) -> Never:
        raise NoRegion("no region is set", hint="add --region us-east-1")

    monkeypatch.setattr("lambdactl.cli.session.connected", without_region)
    said = cli("list")
    assert said.code == 2
    assert "add --region us-east-1   or   --context sandbox, which is running" in said.err


def test_a_target_in_the_sandbox_uses_the_sandbox(
    cli: Run, shop: Shop, running: state.SandboxState, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_sandbox(running)
    monkeypatch.setenv("AWS_PROFILE", "production")
    shop.where = Place("000000000000", "us-east-1", endpoint=running.endpoint)
    said = cli("shift", "--to", "42", "--weight", "10", "-n")
    assert said.code == 0
    assert said.err.startswith(
        f"Target   checkout:live  000000000000  (SANDBOX {running.endpoint})  us-east-1\n"
        "         function ← last deploy   alias ← last deploy   context sandbox ← last deploy"
    )
    assert "Undo     lambdactl --context sandbox shift -f checkout:live" in said.out
    meant = shop.connections[0]
    assert meant.credentials == ("made", "up")
    assert meant.profile is None
    assert meant.get("endpoint_url") == running.endpoint


@pytest.mark.parametrize(
    "words",
    [
        ("--context", "aws"),
        ("--profile", "production"),
        ("--endpoint-url", "http://127.0.0.1:1"),
    ],
    ids=" ".join,
)
def test_a_target_in_the_sandbox_is_never_applied_elsewhere(
    cli: Run, shop: Shop, running: state.SandboxState, words: tuple[str, ...]
) -> None:
    in_the_sandbox(running)
    said = cli("abort", "--yes", *words)
    assert said.code == 2
    assert said.err.startswith("error: no function is named, and none is remembered")
    assert shop.connections == []


def test_a_target_on_aws_is_never_applied_in_the_sandbox(
    cli: Run, shop: Shop, running: state.SandboxState, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember()
    assert cli("abort", "--yes", "--context", "sandbox").code == 2
    monkeypatch.setenv("AWS_ENDPOINT_URL", running.endpoint)
    assert cli("abort", "--yes").code == 2
    assert shop.connections == []


def test_an_endpoint_that_is_the_sandbox_is_the_sandbox(
    cli: Run, running: state.SandboxState, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_sandbox(running)
    monkeypatch.setenv("AWS_ENDPOINT_URL", running.endpoint)
    monkeypatch.setenv("AWS_PROFILE", "production")
    values = shown(cli)
    assert values["context"] == ("sandbox", "AWS_ENDPOINT_URL")
    assert values["function"] == ("checkout", "last deploy")
    assert "profile" not in values


def test_the_sandbox_has_ended(cli: Run, shop: Shop, running: state.SandboxState) -> None:
    in_the_sandbox(running)
    state.forget("sandbox.json")
    said = cli("status")
    assert said.err == (
        "error: the sandbox is not running\n"
        "  why: context sandbox ← last deploy\n"
        "  try: lambdactl sandbox start, in another terminal\n"
    )
    assert (said.code, shop.connections) == (2, [])


def test_a_profile_of_the_environment_is_left_to_boto3(
    cli: Run, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "ops")
    said = cli("status", "-f", "checkout:live")
    assert "profile ops ← AWS_PROFILE" in said.err
    assert shop.connections[0].profile is None
    cli("status", "-f", "checkout:live", "--profile", "other")
    assert shop.connections[1].profile == "other"


def test_suggested_commands_carry_the_flags_that_led_here(cli: Run, shop: Shop) -> None:
    words = ("-f", "checkout:live", "--region", "eu-west-1", "--profile", "ops")
    said = cli("shift", *words, "--to", "42", "--weight", "10", "-n")
    assert (
        "Undo     lambdactl --profile ops --region eu-west-1 shift -f checkout:live"
        " --to 41 --weight 100\n"
    ) in said.out


def test_contexts_are_listed_and_chosen(
    cli: Run, running: state.SandboxState, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[contexts.ops]\nfunction = "checkout"\nprofile = "ops"\n')
    monkeypatch.setenv("LAMBDACTL_CONFIG", str(config))
    assert cli("context", "use", "sandbox").err == "the context is sandbox\n"
    said = cli("context", "list")
    assert said.out == (
        "   CONTEXT  WHAT IT IS\n"
        "   aws      what AWS's own environment and config say\n"
        f"*  sandbox  running at {running.endpoint}\n"
        "   ops      function checkout  profile ops\n"
    )
    assert shown(cli)["context"] == ("sandbox", "context use")
    cli("context", "use", "aws")
    assert shown(cli) == {"context": ("aws", "context use")}


def test_after_a_deploy_into_the_sandbox_it_is_the_current_context(
    cli: Run, running: state.SandboxState
) -> None:
    assert "*  aws " in cli("context", "list").out
    there = ("us-east-1", "000000000000", "sandbox", None, running.endpoint, "2026-11-20T14:00:00Z")
    state.remember(state.Current("checkout", "live", "shop", None, *there))
    assert "*  sandbox  running" in cli("context", "list").out
    cli("context", "use", "aws")
    assert "*  aws " in cli("context", "list").out


def test_no_alias_is_guessed(cli: Run, shop: Shop) -> None:
    said = cli("status", "-f", "checkout")
    assert said.code == 2
    assert said.err.endswith("  try: -f checkout:ALIAS\n")
    assert shop.connections == []


def test_a_person_is_asked_for_what_no_source_says(
    cli: Run, shop: Shop, person: Callable[..., None]
) -> None:
    person("nope", "out", "1", "live", "y")
    said = cli("shift", "--to", "42", "--weight", "10")
    assert said.code == 0
    assert said.err.startswith(
        "  1  billing\n"
        "  2  checkout\n"
        "Which function? (number, name, or part of a name) none has 'nope' in its name\n"
        "  1  billing\n"
        "  2  checkout\n"
        "Which function? (number, name, or part of a name)   1  checkout\n"
        "Which function? (number, name, or part of a name)   1  live\n"
        "Which alias of checkout? (number, name, or part of a name) Target   checkout:live"
    )


def test_many_functions_are_shown_in_part(
    cli: Run, shop: Shop, person: Callable[..., None]
) -> None:
    shop.names = tuple(f"f{n:02}" for n in range(30))
    person("f25", "live")
    said = cli("versions")
    assert " 20  f19\n  and 10 more: type a part of the name\n" in said.err
    assert said.code == 9


def test_a_person_who_goes_away_is_not_waited_for(
    cli: Run, shop: Shop, person: Callable[..., None]
) -> None:
    person()
    assert cli("abort").code == 3
    shop.names = ()
    assert cli("abort").code == 9


def test_nobody_is_asked_with_no_input(cli: Run, shop: Shop, person: Callable[..., None]) -> None:
    person("checkout")
    assert cli("status", "--no-input").code == 2
    assert shop.connections == []


@pytest.mark.parametrize(
    "name", ["check\x1b[31mout:live", "checkout:li\nve", "check\u202eout:live"]
)
def test_a_name_that_would_move_the_cursor_is_refused(cli: Run, shop: Shop, name: str) -> None:
    said = cli("status", "-f", name)
    assert (said.code, said.out) == (2, "")
    assert "it has characters that cannot be seen" in said.err
    assert said.err.replace("\n", "").isprintable()


@pytest.mark.parametrize("name", ["checkout:live:4", "check out:live", "checkout:li/ve"])
def test_what_is_no_name_is_said_before_anybody_is_asked(cli: Run, shop: Shop, name: str) -> None:
    said = cli("status", "-f", name)
    assert said.code == 2
    assert f"error: {name} is no name of a function and an alias\n" in said.err
    assert shop.connections == []
