"""Errors in three lines or as JSON, the exit code of each class, and the ends nobody asked for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import lambdactl
from lambdactl import errors
from lambdactl.state_home import state_dir
from tests.cli.conftest import Run
from tests.cli.shop import Shop

STATUS = ("status", "-f", "checkout:live")
OURS = re.compile(
    r"aws (lambda (list|get)|logs|cloudwatch describe-alarm-history|deploy list"
    r"|cloudformation describe-stack-events)"
)
"""What ``list``, ``versions``, ``logs``, ``alarms``, ``events`` and ``deployments`` answer."""


def test_no_hint_leads_elsewhere_for_what_a_command_of_ours_answers() -> None:
    rooms = Path(lambdactl.__file__).parent
    ours = [p for p in rooms.rglob("*.py") if "sandbox" not in p.relative_to(rooms).parts]
    assert [p.name for p in ours if OURS.search(p.read_text(encoding="utf-8"))] == []


def every_error() -> list[errors.LambdactlError]:
    def tree(kind: type[errors.LambdactlError]) -> list[type[errors.LambdactlError]]:
        return [kind, *(k for sub in kind.__subclasses__() for k in tree(sub))]

    return [
        kind("it went wrong", why="because", hint="lambdactl status", action="lambda:X")
        if issubclass(kind, errors.PermissionDenied)
        else kind("it went wrong", why="because", hint="lambdactl status")
        for kind in tree(errors.LambdactlError)
        if kind.__module__ == "lambdactl.errors"
    ]


@pytest.mark.parametrize("error", every_error(), ids=lambda e: type(e).__name__)
def test_every_error_ends_with_its_code_in_three_lines(
    cli: Run, shop: Shop, error: errors.LambdactlError
) -> None:
    shop.fail("snapshot", error)
    said = cli(*STATUS)
    assert said.code == error.exit_code
    assert said.out == ""
    assert said.err.splitlines()[2:] == [
        "error: it went wrong",
        "  why: because",
        "  try: lambdactl status",
    ]


@pytest.mark.parametrize("error", every_error(), ids=lambda e: type(e).__name__)
def test_every_error_is_json_where_json_was_asked_for(
    cli: Run, shop: Shop, error: errors.LambdactlError
) -> None:
    error.aws_code, error.request_id = "SomeException", "r-1"
    shop.fail("snapshot", error)
    said = cli("-o", "json", *STATUS)
    assert said.out == ""
    told = json.loads(said.err.splitlines()[-1])["error"]
    assert told["code"] == error.code
    assert told["exit_code"] == said.code == error.exit_code
    assert told["message"] == "it went wrong"
    assert told["aws"] == {"code": "SomeException", "request_id": "r-1"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("shfit",), "error: No such command 'shfit'. Did you mean 'shift'?"),
        (("shift", "--to", "2"), "error: Missing option '--weight'"),
        (("status", "--bogus"), "error: No such option: --bogus"),
        (("status", "-o", "xml"), "error: --output 'xml' is not known"),
        (("status", "--timeout", "soon"), "error: 'soon' is not a time"),
        (("status", "--color", "blue"), "error: --color 'blue' is not known"),
        (("prune", "--keep", "few"), "error: Invalid value for '--keep'"),
        (("deploy", "--parameter", "Novalue"), "error: --parameter 'Novalue' has no value"),
        (("deploy", "--template", "no.yml"), "error: there is no template no.yml"),
        (("sandbox", "start", "--port", "70000"), "error: Invalid value for '--port'"),
        (("sandbox", "start", "--speed", "0"), "error: --speed 0 is out of range"),
        (("sandbox", "start", "--scenario", "x"), "error: there is no scenario x"),
        (("demo", "--speed", "1000"), "error: --speed 1000 is out of range"),
        (("context", "use", "nowhere"), "error: there is no context nowhere"),
        (("tui", "-f", ":"), "error: ':' is not a function"),
        (("status", "-f", "arn:aws:s3:::b"), "error: arn:aws:s3:::b is not the ARN of a Lambda"),
        (("status", "-f", "a:live", "-a", "beta"), "error: --alias beta contradicts -f a:live"),
        (("status", "--context", "sandbox"), "error: the sandbox is not running"),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, tuple) else None,
)
def test_usage_errors_name_the_way_out_before_anything_is_asked(
    cli: Run, shop: Shop, words: tuple[str, ...], message: str
) -> None:
    said = cli(*words)
    assert said.code == 2
    lines = said.err.splitlines()
    assert lines[0].startswith(message)
    assert lines[-1].startswith("  try: ")
    assert shop.connections == []


def test_text_from_aws_cannot_steer_the_terminal(cli: Run, shop: Shop) -> None:
    shop.fail("snapshot", errors.Refused("no\x1b[2Jhere\r\n", why="\x9b31m", hint="a\tb"))
    assert cli(*STATUS).err.splitlines()[2:] == [
        "error: no\\x1b[2Jhere\\r\\n",
        "  why: \\x9b31m",
        "  try: a\\tb",
    ]


def test_ctrl_c_says_in_what_state_aws_is_left(cli: Run, shop: Shop) -> None:
    def interrupt(call: str) -> None:
        raise KeyboardInterrupt

    shop._called = interrupt  # type: ignore[method-assign]
    said = cli("abort", "-f", "checkout:live", "--yes")
    assert said.code == 130
    assert said.err.endswith("\ninterrupted: nothing was changed\n")


def test_ctrl_c_in_the_middle_of_a_change_does_not_claim_that_nothing_was_done(
    cli: Run, shop: Shop
) -> None:
    def interrupt(call: str) -> None:
        if call.startswith("update_alias"):
            raise KeyboardInterrupt

    shop._called = interrupt  # type: ignore[method-assign]
    said = cli("shift", "-f", "checkout:live", "--to", "42", "--weight", "10", "--yes")
    assert said.code == 130
    assert said.err.endswith(
        "interrupted: the alias is where it was, or where the plan says:"
        " lambdactl status -f checkout:live\n"
    )


def test_the_traceback_is_shown_with_debug_only(cli: Run, shop: Shop) -> None:
    for flag, shown in ((), False), (("--debug",), True):
        shop.fail("snapshot", errors.NotFound("there is no such thing"))
        said = cli(*STATUS, *flag)
        assert ("Traceback" in said.err) is shown
        assert said.code == 9


def in_a_process(source: str, *words: str) -> subprocess.CompletedProcess[str]:
    script = f"import sys; sys.argv = ['lambdactl', *sys.argv[1:]]\n{source}"
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


BUG = """
from lambdactl.cli import app, main
def broken(name): raise KeyError("surprise")
app.load = broken
main()
"""


def test_a_bug_is_one_line_and_a_file() -> None:
    done = in_a_process(BUG, "status")
    log = state_dir() / "crash.log"
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "error: unexpected KeyError: 'surprise'",
        f"  why: this is a bug in lambdactl; its traceback is in {log}",
        "  try: the same command again with --debug",
    ]
    assert "Traceback" in log.read_text()
    assert "Traceback" in in_a_process(BUG, "status", "--debug").stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    script = "from lambdactl.cli import main; main()"
    writer = subprocess.Popen(
        [sys.executable, "-c", script, "help", "exit-codes"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert writer.stdout is not None
    assert writer.stderr is not None
    writer.stdout.close()
    said = writer.stderr.read()
    writer.stderr.close()
    assert (writer.wait(), said) == (141, b"")


def test_a_spoilt_state_file_is_named(cli: Run, shop: Shop) -> None:
    path: Path = state_dir() / "current.json"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    said = cli("status")
    assert said.code == 2
    assert said.err.splitlines()[0] == f"error: {path} cannot be read"
    assert said.err.splitlines()[-1] == f"  try: rm {path}"


def test_an_error_is_three_lines_even_where_it_has_no_cause_of_its_own(
    cli: Run, shop: Shop
) -> None:
    for words in (("shfit",), ("versions", "-o", "xml"), ("shift", "--to", "2", "--weight", "101")):
        lines = cli(*words).err.splitlines()
        assert [line[:7] for line in lines] == ["error: ", "  why: ", "  try: "], words
        assert lines[1] == "  why: the command line, a file or a setting has to be corrected first"
