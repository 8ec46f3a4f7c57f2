"""What a command does not need is not imported: looked up in a fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = (
    "boto3",
    "botocore",
    "textual",
    "rich",
    "moto",
    "yaml",
    "pydantic",
    "asyncio",
    "lambdactl.sandbox",
)
PROBE = """
import json, sys
sys.argv = ["lambdactl", *json.loads(sys.argv[1])]
from lambdactl.cli import main
try:
    main()
except SystemExit as end:
    code = end.code
print("\\n" + json.dumps([code, sorted(sys.modules)]))
"""


def run(*words: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE, json.dumps(words)],
        capture_output=True,
        text=True,
        check=True,
    )
    code, modules = json.loads(done.stdout.splitlines()[-1])
    return code, modules


def heavy_of(modules: list[str]) -> set[str]:
    return {h for h in HEAVY if any(m == h or m.startswith(f"{h}.") for m in modules)}


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("--version",),
        ("version",),
        ("shift", "--help"),
        ("demo", "--help"),
        ("help", "exit-codes"),
        ("context", "list"),
        ("completion", "bash"),
        ("list", "--help"),
        ("audit",),
        ("sandbox", "--help"),
        ("tui", "--help"),
    ],
    ids=" ".join,
)
def test_help_pays_for_nothing(words: tuple[str, ...]) -> None:
    code, modules = run(*words)
    assert code == 0
    assert heavy_of(modules) == set()


@pytest.mark.parametrize(
    "words",
    [
        ("",),
        ("status", "--wa"),
        ("status", "-f", ""),
        ("shift", "-f", "checkout", "--to", ""),
        ("status", "-a", ""),
        ("versions", "-o", ""),
    ],
    ids=" ".join,
)
def test_completion_pays_for_nothing(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_LAMBDACTL_COMPLETE", "bash")
    code, modules = run("--", *words)
    assert code == 0
    assert heavy_of(modules) == set()


@pytest.mark.parametrize(
    "words", [("status",), ("shift", "--to", "2", "--weight", "0.1"), ("nonsense",)], ids=" ".join
)
def test_a_mistake_is_told_before_boto3_is_imported(words: tuple[str, ...]) -> None:
    code, modules = run(*words)
    assert code == 2
    assert heavy_of(modules) == set()


def test_a_command_that_asks_aws_imports_neither_the_console_nor_the_sandbox() -> None:
    code, modules = run("-f", "checkout:live", "--region", "eu-west-1", "status")
    assert code == 4
    assert heavy_of(modules) <= {"boto3", "botocore", "yaml", "asyncio"}


@pytest.mark.parametrize("command", ["aliases", "versions"])
def test_a_list_of_one_function_pays_for_no_rollout(command: str) -> None:
    code, modules = run("-f", "checkout", "--region", "eu-west-1", command)
    assert code == 4
    rooms = {m.split(".")[1] for m in modules if m.startswith("lambdactl.")}
    assert not rooms & {"ops", "plan", "verdict"}


def test_a_command_that_makes_one_call_imports_no_other_reads() -> None:
    code, modules = run("-f", "checkout", "--region", "eu-west-1", "aliases")
    assert code == 4
    rooms = {m.rpartition(".")[2] for m in modules if m.startswith("lambdactl.aws.")}
    assert "reads" in rooms
    assert not rooms & {"alarms", "deployments", "fleet", "history", "inventory", "snapshot"}
