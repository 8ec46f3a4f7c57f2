"""Completion: from the program and from a cache of a minute, at once or not at all."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lambdactl.cli import completing, completion_cache, shells
from lambdactl.cli.app import COMMANDS
from lambdactl.cli.completing import Offer, TooLate, deadline, offers
from lambdactl.cli.target import Value, Wanted
from lambdactl.model import Routing
from lambdactl.state_home import cache_dir
from tests.cli.conftest import Run
from tests.cli.shop import Shop
from tests.plan.samples import alias, version

FUNCTION = ("-f", "checkout")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no reason for no offers."""
    monkeypatch.setattr(completing, "DEADLINE_S", 60.0)


def words(*before: str, current: str = "") -> list[str]:
    return [offer.word for offer in offers(before, current)]


@pytest.fixture
def learnt(cli: Run, shop: Shop) -> Shop:
    """A command has just looked at checkout."""
    shop.versions = {41: version(41), 42: version(42, description="2.8.0 \x1b[2J")}
    shop.others = [alias("beta", Routing(41))]
    assert cli("versions", *FUNCTION).code == 0
    return shop


def test_commands_options_and_their_values() -> None:
    assert words(current="al") == ["alarms", "aliases"]
    assert words("context", current="u") == ["use"]
    assert "--weight" in words("shift", current="--w")
    assert words("versions", "-o", current="j") == ["json", "jsonl"]
    assert words("versions", "--color") == ["auto", "always", "never"]
    assert words("-o", "json", current="vers") == ["versions", "version"]
    assert words("completion") == ["bash", "zsh", "fish"]
    assert words("help", current="exit") == ["exit-codes"]
    assert words("context", "use", current="s") == ["sandbox"]


def test_versions_newest_first_with_age_and_description(learnt: Shop) -> None:
    newest, older = offers(["shift", *FUNCTION, "--to"], "")
    assert (newest.word, older.word) == ("42", "41")
    assert newest.about.endswith(" ago  2.8.0 \\x1b[2J")
    assert words("diff", *FUNCTION) == ["42", "41"]
    assert words("diff", *FUNCTION, current="41") == ["41"]


def test_functions_and_aliases(learnt: Shop) -> None:
    assert words("status", "-f") == ["checkout"]
    assert words("status", *FUNCTION, "-a") == ["beta", "live"]
    assert words("status", *FUNCTION, "--alias", current="l") == ["live"]


def test_another_place_knows_nothing_of_it(learnt: Shop) -> None:
    assert words("--region", "us-east-1", "shift", *FUNCTION, "--to") == []
    assert words("shift", "-f", "billing", "--to") == []


def test_after_a_minute_it_is_forgotten(learnt: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    later = time.time() + completion_cache.FRESH_S + 1
    monkeypatch.setattr("lambdactl.cli.completion_cache.time.time", lambda: later)
    assert words("status", "-f") == []


def test_what_a_shell_could_run_is_not_offered(learnt: Shop) -> None:
    file = completion_cache.file_of(Wanted({}))
    names = ["checkout", "$(reboot)", "a;b", "-rf", "x y", "\x1b[2J"]
    file.write_text(json.dumps({"functions": {"at": time.time(), "what": names}}))
    assert words("status", "-f") == ["checkout"]


@pytest.mark.parametrize("content", ["", "[]", '{"functions": 3}', '{"functions": {"at": 1e12}}'])
def test_a_cache_that_cannot_be_read_offers_nothing(learnt: Shop, content: str) -> None:
    completion_cache.file_of(Wanted({})).write_text(content)
    assert words("status", "-f") == []


def test_a_cache_that_cannot_be_written_changes_no_answer(cli: Run, shop: Shop) -> None:
    folder = cache_dir()
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where a folder should be")
    said = cli("versions", *FUNCTION)
    assert said.code == 0
    assert "v42" in said.out
    assert words("status", "-f") == []


def test_what_comes_too_late_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: object) -> list[Offer]:
        raise TooLate

    monkeypatch.setattr(completing, "_offers", late)
    assert offers(["status", "-f"], "") == []


def test_the_deadline_ends_what_takes_longer() -> None:
    with pytest.raises(TooLate), deadline(0.01):
        while True:
            json.loads("1")


def test_a_sandbox_that_does_not_run_offers_nothing() -> None:
    assert words("--context", "sandbox", "status", "-f") == []


def test_places_have_files_of_their_own() -> None:
    here = completion_cache.file_of(Wanted({"region": Value("eu-west-1", "--region")}))
    there = completion_cache.file_of(Wanted({"region": Value("us-east-1", "--region")}))
    assert here != there
    assert here.parent == cache_dir()


@pytest.mark.parametrize("shell", shells.SCRIPTS)
def test_the_script_of_each_shell(cli: Run, shell: str) -> None:
    said = cli("completion", shell)
    assert said.out == shells.SCRIPTS[shell]
    assert shells.VARIABLE in said.out


def test_an_unknown_shell(cli: Run) -> None:
    said = cli("completion", "tcsh")
    assert (said.code, said.err.splitlines()[-1]) == (2, "  try: one of bash, zsh, fish")


BASH = """
eval "$(lambdactl completion bash)"
COMP_WORDS=(lambdactl ver); COMP_CWORD=1; _lambdactl; printf '%s\\n' "${COMPREPLY[@]}"
COMP_WORDS=(lambdactl versions -o js); COMP_CWORD=3; _lambdactl; printf '%s\\n' "${COMPREPLY[@]}"
"""


PATIENT = """\
#!{python}
from lambdactl.cli import completing, main

completing.DEADLINE_S = 60.0
main()
"""
"""The program as it is installed, on a machine that is never too busy to answer in time."""


def test_bash_gets_its_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "lambdactl"
    program.parent.mkdir()
    program.write_text(PATIENT.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run([bash, "-c", BASH], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["versions", "version", "json", "jsonl"]


def test_every_command_is_offered() -> None:
    assert words() == list(COMMANDS)
