"""config, context add and remove: what is set and by whom; files changed with care, or not."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from lambdactl.cli import console, console_settings, state
from lambdactl.cli.options import Run as Running
from lambdactl.cli.options import asked
from lambdactl.cli.target import wanted
from lambdactl.errors import UsageError
from lambdactl.tui import Connection, Settings
from tests.cli.conftest import Run
from tests.cli.shop import Shop

MINE = """\
# my own
current_context = "ops"   # until Friday

[contexts.ops]
profile = "ops"      # the usual one
function = "checkout:live"

# staging is somebody else's
[contexts.staging]
function = "checkout:beta"
"""


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "mine" / "config.toml"
    file.parent.mkdir()
    file.write_text(MINE)
    monkeypatch.setenv("LAMBDACTL_CONFIG", str(file))
    return file


def test_a_context_is_appended_and_all_else_stays(cli: Run, mine: Path) -> None:
    said = cli(
        *("context", "add", "prod", "-f", "checkout:live", "--profile", "ops"),
        *("--region", "eu-west-1", "--account-id", "123456789012", "--env", "prod"),
    )
    assert said.code == 0
    assert mine.read_text() == MINE + (
        '\n[contexts.prod]\nprofile = "ops"\nregion = "eu-west-1"\nfunction = "checkout"\n'
        'alias = "live"\naccount_id = "123456789012"\nenv = "prod"\n'
    )


def test_a_context_is_removed_with_nothing_but_its_own_lines(cli: Run, mine: Path) -> None:
    cli("context", "use", "staging")
    said = cli("context", "remove", "staging")
    assert said.code == 0
    assert said.err.endswith(
        "to have it again:  lambdactl context add staging --function checkout:beta\n"
    )
    assert mine.read_text() == MINE.removesuffix('[contexts.staging]\nfunction = "checkout:beta"\n')
    assert state.chosen_context() is None


def test_the_comment_above_the_next_table_stays_with_it(cli: Run, mine: Path) -> None:
    mine.write_text(MINE.replace('"ops"   #', '"staging"   #'))
    assert cli("context", "remove", "ops").code == 0
    assert mine.read_text() == (
        '# my own\ncurrent_context = "staging"   # until Friday\n\n'
        '# staging is somebody else\'s\n[contexts.staging]\nfunction = "checkout:beta"\n'
    )


def test_what_was_removed_can_be_added_by_the_command_that_is_told(cli: Run, mine: Path) -> None:
    cli("context", "add", "two words", "-f", "a:b", "--env", "it's", "--read-only")
    before = tomllib.loads(mine.read_text())
    told = cli("context", "remove", "two words").err.partition("again:  lambdactl ")[2]
    assert told == (
        "context add 'two words' --function a --alias b --env 'it'\"'\"'s' --read-only\n"
    )
    cli("context", "add", "two words", "-f", "a", "-a", "b", "--env", "it's", "--read-only")
    assert tomllib.loads(mine.read_text()) == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("add", "ops", "-f", "x:y"), "there is a context ops already"),
        (("add", "aws", "-f", "x:y"), "there is a context aws already"),
        (("add", "empty"), "nothing is said of context empty"),
        (("add", "p", "-f", "x", "--account-id", "12"), "account_id '12' is not an account"),
        (("remove", "ops"), "context ops is the current one"),
        (("remove", "sandbox"), "context sandbox is built in"),
        (("remove", "opps"), "there is no context opps"),
    ],
)
def test_what_cannot_be_added_or_removed(
    cli: Run, mine: Path, words: tuple[str, ...], message: str
) -> None:
    said = cli("context", *words)
    assert said.code == 2
    assert message in said.err
    assert mine.read_text() == MINE


@pytest.mark.parametrize(
    "text",
    [
        '[contexts]\nops = { profile = "ops" }\n',
        '[contexts]\nops.profile = "ops"\n',
        'contexts.ops.profile = "ops"\n',
    ],
)
def test_a_context_that_has_no_table_of_its_own_is_left_alone(
    cli: Run, mine: Path, text: str
) -> None:
    mine.write_text(text)
    said = cli("context", "remove", "ops")
    assert said.code == 2
    assert "change it in an editor" in said.err
    assert mine.read_text() == text


def test_set_keeps_comments_order_ending_mode_and_links(cli: Run, mine: Path) -> None:
    real = mine.with_name("dotfile.toml")
    real.write_bytes(MINE.replace("\n", "\r\n").encode())
    real.chmod(0o640)
    mine.unlink()
    mine.symlink_to(real)
    assert cli("config", "set", "contexts.ops.profile", 'o"ps').code == 0
    assert cli("config", "set", "contexts.ops.read_only", "true").code == 0
    assert cli("config", "set", "ui.refresh_seconds", "2.5").code == 0
    assert mine.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert real.read_bytes().decode().split("\r\n") == [
        *MINE.splitlines()[:4],
        'profile = "o\\"ps"  # the usual one',
        'function = "checkout:live"',
        "read_only = true",
        *MINE.splitlines()[6:],
        "",
        "[ui]",
        "refresh_seconds = 2.5",
        "",
    ]


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("curent_context", "x"), "there is no key curent_context", "did you mean current_cont"),
        (("ui.ascci", "true"), "there is no key ui.ascci", "did you mean ascii?"),
        (("ui.ascii", "yes"), "ui.ascii 'yes' is not true or false", "config set ui.ascii true"),
        (("ui", "x"), "ui is a table, not a value", "config schema"),
        (("contexts.opps.env", "x"), "there is no context opps", "context add opps"),
        (("prune.keep", "3"), "prune.keep is a key of lambdactl.toml", "set --project prune.keep"),
        (("--project", "gate.alarms", "x"), "gate.alarms is a list", "config path"),
        (("a b", "x"), "'a b' is not the name of a key", "prune.keep"),
    ],
)
def test_what_cannot_be_set(
    cli: Run, mine: Path, words: tuple[str, ...], message: str, hint: str
) -> None:
    said = cli("config", "set", *words)
    assert said.code == 2
    assert message in said.err
    assert hint in said.err
    assert mine.read_text() == MINE


def test_a_line_that_only_looks_like_a_header_is_not_taken_for_one(cli: Run, mine: Path) -> None:
    text = '[contexts.a]\nenv = """\n[contexts.b]\nenv = "x"\n"""\n[contexts.b]\nenv = "y"\n'
    mine.write_text(text)
    said = cli("config", "set", "contexts.b.env", "z")
    assert said.code == 2
    assert mine.read_text() == text


def test_a_dry_run_writes_nothing(cli: Run, mine: Path) -> None:
    assert cli("config", "set", "current_context", "aws", "-n").code == 0
    assert cli("context", "remove", "staging", "-n").code == 0
    assert cli("context", "add", "x", "-f", "a:b", "-n").code == 0
    assert mine.read_text() == MINE


def test_show_says_the_line_of_each_value_and_what_it_overrode(
    cli: Run, mine: Path, working_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (working_directory / "lambdactl.toml").write_text('alias = "beta"\n[prune]\nkeep = 7\n')
    monkeypatch.setenv("LAMBDACTL_ALIAS", "green")
    monkeypatch.setenv("LAMBDACTL_OUTPUT", "json")
    told = {each["key"]: each for each in json.loads(cli("config", "show").out)["data"]}
    assert told["alias"]["value"] == "green"
    assert told["alias"]["origin"] == "LAMBDACTL_ALIAS"
    assert told["alias"]["overrode"][0] == {"value": "beta", "origin": "./lambdactl.toml:1"}
    assert told["profile"]["origin"].endswith("mine/config.toml:5 (context ops)")
    assert told["context"]["origin"].endswith("mine/config.toml:2")
    assert told["prune.keep"] == {
        "key": "prune.keep",
        "value": 7,
        "origin": "./lambdactl.toml:3",
        "overrode": [],
    }
    assert told["output"]["origin"] == "LAMBDACTL_OUTPUT"
    shown = cli("config", "show", "--origin", "-o", "table").out
    assert "beta ← ./lambdactl.toml:1" in shown
    assert cli("config", "get", "alias", "-o", "table").out == "green\n"


def test_get_tells_what_is_not_set_from_what_does_not_exist(cli: Run, mine: Path) -> None:
    unset = cli("config", "get", "prune.keep")
    assert unset.code == 2
    assert "prune.keep is not set" in unset.err
    assert "did you mean alias?" in cli("config", "get", "alis").err


def test_path_and_init(cli: Run, working_directory: Path, tmp_path: Path) -> None:
    assert [line.split() for line in cli("config", "path").out.splitlines()] == [
        ["user", f"{tmp_path}/home/config/lambdactl/config.toml", "not", "there"],
        ["project", f"{working_directory}/lambdactl.toml", "not", "there"],
    ]
    assert cli("config", "init").code == 0
    assert cli("config", "init", "--project").code == 0
    assert cli("config", "validate").code == 0
    again = cli("config", "init", "--project")
    assert again.code == 2
    assert "is there already" in again.err
    assert cli("config", "set", "--project", "prune.keep", "7").code == 0
    assert tomllib.loads((working_directory / "lambdactl.toml").read_text()) == {
        "prune": {"keep": 7}
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('current_context = "nowhere"', "there is no context nowhere"),
        ('[contexts.a]\nprofil = "x"', "unknown key contexts.a.profil"),
        ('[contexts.a]\naccount_id = "1"', "account_id '1' is not an account"),
        ("[ui]\nascii = 1", "ui.ascii is not true or false"),
        ("[ui", "cannot be read"),
    ],
)
def test_validate_names_what_is_wrong(cli: Run, mine: Path, text: str, message: str) -> None:
    mine.write_text(text)
    said = cli("config", "validate")
    assert said.code == 2
    assert message in said.err


def test_the_schema_is_one_for_editors_too(cli: Run, shop: Shop) -> None:
    told = json.loads(cli("config", "schema", "-o", "json").out)
    assert told["user"]["properties"]["ui"]["properties"]["ascii"]["type"] == "boolean"
    assert told["project"]["additionalProperties"] is False
    assert "contexts.NAME.env" in cli("config", "schema").out


def test_what_is_set_for_the_console_and_the_terminal_is_done(
    cli: Run, shop: Shop, mine: Path
) -> None:
    words = ("-f", "checkout:live", "--context", "ops")
    assert "●" in cli("shift", *words, "--to", "42", "--weight", "10", "--yes").err
    cli("config", "set", "ui.ascii", "true")
    cli("config", "set", "ui.refresh_seconds", "7")
    cli("config", "set", "contexts.ops.theme", "lambdactl-light")
    assert "●" not in cli("shift", *words, "--to", "42", "--weight", "20", "--yes").err
    settings, here = console_at()
    assert (here.interval_s, settings.theme, settings.ascii) == (7.0, "lambdactl-light", True)
    cli("config", "set", "contexts.ops.theme", "neon")
    with pytest.raises(UsageError, match="there is no theme neon"):
        console_at()
    cli("config", "set", "contexts.ops.theme", "lambdactl-light")
    cli("config", "set", "ui.refresh_seconds", "0.1")
    with pytest.raises(UsageError, match="is not from 1 to 3600"):
        console_at()


def console_at() -> tuple[Settings, Connection]:
    said = asked(Running(), {"function": "checkout:live"})
    meant = wanted(said)
    return console_settings.settings(said, meant), console.connection(said, meant)
