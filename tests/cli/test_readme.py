"""The README's table, the help and the code name the same commands; each help begins by example."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from lambdactl.cli.app import COMMANDS, load

README = Path(__file__).parents[2] / "README.md"
ROW = re.compile(r"^\| `lambdactl ([a-z-]+)[^`]*` \|", re.MULTILINE)


def rows() -> list[str]:
    return ROW.findall(README.read_text(encoding="utf-8"))


def test_every_command_has_a_row_and_every_row_a_command() -> None:
    assert set(rows()) == set(COMMANDS)


def test_no_command_has_two_rows() -> None:
    assert len(rows()) == len(set(rows()))


@pytest.mark.parametrize("name", COMMANDS)
def test_help_begins_with_an_example(name: str) -> None:
    """One line that says what it does, and then how it is typed."""
    summary, _, rest = inspect.cleandoc(load(name).help).replace("\b\n", "").partition("\n")
    assert summary.endswith(".")
    first = rest.strip().partition("\n")[0]
    assert f"lambdactl {name}" in first.replace(" --context sandbox", "")


def test_commands_that_are_named_in_the_readme_exist() -> None:
    text = README.read_text(encoding="utf-8")
    named = set(re.findall(r"`?lambdactl (?:--context \w+ )?([a-z][a-z-]+)", text))
    prose = {"to", "is", "does", "and"}
    assert named - prose <= set(COMMANDS)
