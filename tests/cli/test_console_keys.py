"""``[keys]`` and ``[ui]`` of the operator's file: listed, checked, and refused before they hurt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lambdactl.cli.console_settings import check, theme
from lambdactl.cli.state import config_file
from lambdactl.errors import UsageError
from tests.cli.conftest import Run


def write(text: str) -> Path:
    path = config_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_list_and_the_topic_have_the_keys_that_were_moved(cli: Run) -> None:
    write('[keys]\nabort = "X"\n')
    listed = {k["action"]: k["key"] for k in json.loads(cli("keys", "-o", "json").out)}
    assert (listed["abort"], listed["shift"]) == ("X", "s")
    assert any(
        line.split()[:2] == ["rollout", "X"] for line in cli("help", "keys").out.splitlines()
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[keys]\nabort = "ctrl+a"\n', "abort changes something at AWS and cannot be on ctrl+a"),
        ('[keys]\nabort = "s"\n', "shift and abort are both on s (rollout)"),
        ('[keys]\nabrot = "X"\n', "there is no action abrot"),
        ('[ui]\nclipboard = "x11"\n', "there is no way 'x11' to copy"),
        ('[ui]\ntheme = "neon"\n', "there is no theme neon"),
        ('[contexts.ops]\ntheme = "neon"\n', "contexts.ops.theme: there is no theme neon"),
        ("[ui]\nrefresh_seconds = 0.1\n", "is not from 1 to 3600"),
        ('[ui]\nowner_tag = " "\n', "ui.owner_tag ' ' is not the name of a tag"),
    ],
)
def test_what_the_console_would_refuse_is_found_by_validate(cli: Run, text: str, told: str) -> None:
    write(text)
    ran = cli("config", "validate")
    assert ran.code == 2 and told in ran.err


def test_a_key_that_cannot_be_is_not_set(cli: Run) -> None:
    ran = cli("config", "set", "keys.abort", "ctrl+a")
    assert ran.code == 2 and "cannot be on ctrl+a" in ran.err
    assert not config_file().exists()
    assert cli("config", "set", "keys.abort", "X").code == 0
    assert config_file().read_text(encoding="utf-8") == '[keys]\nabort = "X"\n'


def test_the_keys_are_refused_with_exit_2_before_the_console_opens(cli: Run) -> None:
    write('[keys]\nabort = "s"\n')
    for command in (("keys",), ("tui",)):
        ran = cli(*command)
        assert ran.code == 2
        assert "~/" in ran.err or "config.toml" in ran.err
    assert "both on s" in cli("tui").err


def test_themes_have_short_names() -> None:
    check()
    assert theme("dark", "ui.theme") == theme("lambdactl-dark", "ui.theme") == "lambdactl-dark"
    with pytest.raises(UsageError, match=r"ui\.theme: there is no theme blue") as raised:
        theme("blue", "ui.theme")
    assert raised.value.hint == "one of dark, light, mono"
