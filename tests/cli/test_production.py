"""Production: marked, read-only until somebody says otherwise, and not taken by a yes alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lambdactl.aws import connect
from lambdactl.cli.deploy_flow import _losing
from lambdactl.errors import Refused
from lambdactl.model import Routing
from lambdactl.model_stack import ResourceChange
from tests.cli.conftest import Run
from tests.cli.shop import Shop

PROD = 'function = "checkout"\nalias = "live"\nenv = "prod"\n'
SHIFT = ("shift", "--to", "42", "--weight", "10")
CHANGES = [
    SHIFT,
    ("promote",),
    ("abort",),
    ("prune", "--keep", "2"),
]
BLOCK = "Target   checkout:live  123456789012  ▌PROD▐  eu-west-1"


@pytest.fixture
def project(working_directory: Path) -> Path:
    file = working_directory / "lambdactl.toml"
    file.write_text(PROD)
    return file


@pytest.mark.parametrize("words", CHANGES, ids=lambda words: words[0])
def test_production_is_read_only_until_somebody_says_write(
    cli: Run, shop: Shop, project: Path, words: tuple[str, ...]
) -> None:
    shop.route(Routing(41, 42, 5.0))
    before = shop.live
    said = cli(*words, "--yes")
    assert said.code == 5
    assert said.out == ""
    assert said.err.endswith(
        f"error: {words[0]} was refused: this run is read-only, nothing was changed\n"
        "  why: env prod ← ./lambdactl.toml: production is read-only until somebody says so\n"
        "  try: the same command with --write, or with --dry-run to see the plan only\n"
    )
    assert shop.live == before
    assert "update_alias" not in shop.log
    assert cli(*words, "--yes", "--write").code == 0


def test_production_is_marked_by_word_frame_and_colour(cli: Run, shop: Shop, project: Path) -> None:
    assert f"{BLOCK}  read-only\n" in cli("status").err
    assert f"{BLOCK}\n" in cli("status", "--write").err
    assert "\x1b[1;31m▌PROD▐\x1b[0m" in cli("status", "--color", "always").err
    assert "  [PROD]  " in cli("status", "--plain").err


def test_a_dry_run_shows_the_plan_of_what_is_read_only(cli: Run, shop: Shop, project: Path) -> None:
    said = cli(*SHIFT, "-n")
    assert said.code == 0
    assert "After    v41 90 %  v42 10 %" in said.out


@pytest.mark.parametrize(
    ("setting", "variable", "words", "code"),
    [
        ("", "", (), 0),
        ("", "1", (), 5),
        ("", "0", (), 0),
        ("", "1", ("--write",), 0),
        ("", "", ("--read-only",), 5),
        ("read_only = true", "", (), 5),
        ("read_only = true", "", ("--write",), 0),
        ('env = "prod"\nread_only = false', "", (), 0),
        ('env = "prod"\nread_only = false', "1", (), 5),
        ('env = "prod"\nread_only = false', "", ("--read-only",), 5),
        ('env = "staging"', "", (), 0),
    ],
)
def test_the_highest_source_that_speaks_decides(
    cli: Run,
    shop: Shop,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    variable: str,
    words: tuple[str, ...],
    code: int,
) -> None:
    project.write_text(f'function = "checkout"\nalias = "live"\n{setting}\n')
    monkeypatch.setenv("LAMBDACTL_READ_ONLY", variable)
    assert cli(*SHIFT, "--yes", *words).code == code


def test_a_context_may_be_read_only(
    cli: Run, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[contexts.ops]\nfunction = "checkout"\nalias = "live"\nread_only = true\n')
    monkeypatch.setenv("LAMBDACTL_CONFIG", str(config))
    said = cli("--context", "ops", *SHIFT, "--yes")
    assert said.code == 5
    assert "  why: read_only = true ← context ops\n" in said.err


def test_read_only_is_true_or_false(cli: Run, shop: Shop, project: Path) -> None:
    project.write_text('read_only = "yes"\n')
    said = cli("status", "-f", "checkout:live")
    assert said.code == 2
    assert "read_only is not true or false" in said.err


def test_all_traffic_in_production_is_taken_by_typing_the_name(
    cli: Run, shop: Shop, project: Path, person: Callable[..., None]
) -> None:
    shop.route(Routing(41, 42, 5.0))
    person("y")
    said = cli("promote", "--write")
    assert said.code == 3
    assert "Type the function's name to give v42 100 % in production (checkout):" in said.err
    assert shop.live.routing == Routing(41, 42, 5.0)
    person("checkout")
    assert cli("promote", "--write").code == 0
    assert shop.live.routing == Routing(42)


def test_a_walk_to_all_traffic_in_production_too(
    cli: Run, shop: Shop, project: Path, person: Callable[..., None]
) -> None:
    person("y")
    said = cli("shift", "--to", "42", "--steps", "10,100", "--every", "1m", "--write")
    assert said.code == 3
    assert "Type the function's name to give v42 100 % in production (checkout):" in said.err
    assert shop.live.routing == Routing(41)


def test_a_deploy_that_takes_something_from_production_is_confirmed_by_the_stack_s_name() -> None:
    gone = ResourceChange("Remove", "Table", "AWS::DynamoDB::Table", "orders")
    made = ResourceChange("Add", "Queue", "AWS::SQS::Queue")
    prod = cast(Any, SimpleNamespace(production=True))
    other = cast(Any, SimpleNamespace(production=False))

    def prepared(*changes: ResourceChange) -> Any:
        return SimpleNamespace(plan=SimpleNamespace(changes=changes))

    told = "the stack's name to remove or replace 1 resource of production"
    assert _losing(prod, prepared(gone, made)) == told
    assert _losing(prod, prepared(made)) is None
    assert _losing(other, prepared(gone)) is None


def test_an_abort_in_production_asks_no_more_than_a_yes(
    cli: Run, shop: Shop, project: Path, person: Callable[..., None]
) -> None:
    shop.route(Routing(41, 42, 5.0))
    person("y")
    assert cli("abort", "--write").code == 0
    assert shop.live.routing == Routing(41)


def test_a_deploy_uploads_nothing_where_it_is_read_only(
    cli: Run, shop: Shop, project: Path
) -> None:
    said = cli("deploy", "-n")
    assert said.code == 5
    assert "try: the same command with --write\n" in said.err
    assert shop.log == []


@pytest.mark.parametrize(
    ("service", "operation"),
    [("lambda", "UpdateAlias"), ("s3", "PutObject"), ("cloudformation", "ExecuteChangeSet")],
)
def test_the_door_lets_nothing_but_reads_through(service: str, operation: str) -> None:
    aws = connect(region="eu-west-1", endpoint_url="http://127.0.0.1:9")
    aws.read_only = "--read-only was given"
    for ask in (aws.write, aws.call):
        with pytest.raises(Refused, match="read-only"):
            ask(service, operation)
    assert not aws.calls
