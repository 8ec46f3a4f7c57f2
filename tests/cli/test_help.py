"""--help: one line for each command, held to the command itself; options on both sides."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest

from lambdactl import __version__, errors
from lambdactl.cli.app import COMMANDS, load
from lambdactl.cli.options import SHARED
from lambdactl.cli.run import READER_GONE
from lambdactl.cli.topics import EXIT_CODES, TOPICS
from tests.cli.conftest import Run
from tests.cli.shop import Shop


def first_line(text: str) -> str:
    return inspect.cleandoc(text).splitlines()[0]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_what_the_command_says_of_itself(name: str) -> None:
    assert first_line(load(name).help) == COMMANDS[name]


def every() -> list[tuple[str, ...]]:
    """Every command and every group."""
    found = (words[:n] for words in leaves() for n in range(1, len(words) + 1))
    return list(dict.fromkeys(found))


def leaves() -> list[tuple[str, ...]]:
    """Every command that does something: a group's own commands instead of the group."""
    return [words for name in COMMANDS for words in leaves_of(load(name), (name,))]


def leaves_of(command: Any, words: tuple[str, ...]) -> list[tuple[str, ...]]:
    within = getattr(command, "commands", None)
    if not within:
        return [words]
    return [leaf for name, sub in within.items() for leaf in leaves_of(sub, (*words, name))]


@pytest.mark.parametrize("words", every(), ids=" ".join)
def test_every_command_and_every_one_within_it_begins_with_examples(
    cli: Run, words: tuple[str, ...]
) -> None:
    """The first thing under the one line that says what it is."""
    said = cli(*words, "--help")
    assert (said.code, said.err) == (0, "")
    usage, _summary, first, *_ = said.out.split("\n\n")
    assert usage.startswith("Usage: ")
    assert f"lambdactl {' '.join(words)}" in first.splitlines()[0]
    assert [line for line in said.out.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("words", leaves(), ids=" ".join)
def test_every_command_takes_the_shared_options(cli: Run, words: tuple[str, ...]) -> None:
    said = cli(*words, "--help")
    for name in SHARED:
        assert f"--{name.replace('_', '-')}" in said.out


@pytest.mark.parametrize(
    "words",
    [
        ("-o", "json", "version"),
        ("version", "-o", "json"),
        ("-o", "yaml", "version", "-o", "json"),
        ("--output=json", "version"),
    ],
    ids=" ".join,
)
def test_shared_options_stand_on_either_side_and_the_nearer_one_wins(
    cli: Run, words: tuple[str, ...]
) -> None:
    assert json.loads(cli(*words).out) == {"version": __version__}


def test_the_target_stands_on_either_side(cli: Run, shop: Shop) -> None:
    before = cli("-f", "checkout:live", "status")
    after = cli("status", "-f", "checkout:live")
    assert before == after
    assert before.code == 0


@pytest.mark.parametrize("words", [("--version",), ("version",)])
def test_version(cli: Run, words: tuple[str, ...]) -> None:
    said = cli(*words)
    assert (said.code, said.out, said.err) == (0, f"lambdactl {__version__}\n", "")


def test_exit_codes_are_those_of_the_errors(cli: Run) -> None:
    def tree(kind: type[errors.LambdactlError]) -> set[int]:
        return {kind.exit_code}.union(*(tree(k) for k in kind.__subclasses__()))

    assert set(EXIT_CODES) == tree(errors.LambdactlError) | {0, READER_GONE, 129, 130, 143}
    lines = cli("help", "exit-codes").out.splitlines()
    assert lines[0] == "CODE  MEANING"
    assert [int(line.split()[0]) for line in lines[1:]] == list(EXIT_CODES)


@pytest.mark.parametrize("topic", TOPICS)
def test_topics_fit_a_terminal(cli: Run, topic: str) -> None:
    said = cli("help", topic)
    assert said.code == 0
    assert max(len(line) for line in said.out.splitlines()) <= (100 if topic == "keys" else 80)


def test_help_of_a_command_is_its_help(cli: Run) -> None:
    assert cli("help", "shift").out == cli("shift", "--help").out


def test_an_unknown_topic_names_the_known_ones(cli: Run) -> None:
    said = cli("help", "nonsense")
    assert said.code == 2
    assert "exit-codes" in said.err


@pytest.mark.parametrize("words", [(), ("sandbox",), ("context",)], ids=" ".join)
def test_without_a_command_the_help_is_shown_on_stderr(cli: Run, words: tuple[str, ...]) -> None:
    said = cli(*words)
    assert (said.code, said.out) == (2, "")
    assert said.err == cli(*words, "--help").out
