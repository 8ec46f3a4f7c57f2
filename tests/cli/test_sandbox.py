"""``lambdactl sandbox`` as a process: announced, found, refused twice, and ended cleanly."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lambdactl.cli import state
from lambdactl.cli.child import sandbox_process
from lambdactl.cli.hosting import Hosting, heeding_signals
from lambdactl.cli.state import SandboxState
from lambdactl.errors import LambdactlError, Unreachable
from lambdactl.state_home import state_dir
from tests.cli.conftest import Run

START = [sys.executable, "-m", "lambdactl", "-o", "jsonl", "sandbox", "start"]


@contextmanager
def started(*words: str) -> Iterator[tuple[subprocess.Popen[str], SandboxState]]:
    process = subprocess.Popen(
        [*START, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process, SandboxState(**json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.communicate(timeout=30)


def children(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in listed.stdout.split()]


def test_other_terminals_find_it_until_it_ends(cli: Run) -> None:
    with started("--speed", "60") as (process, found):
        assert state.sandbox() == found
        assert found.pid == process.pid
        said = cli("sandbox", "env")
        assert said.out == (
            f"export AWS_ENDPOINT_URL={found.endpoint}\n"
            f"export AWS_ACCESS_KEY_ID={found.access_key_id}\n"
            f"export AWS_SECRET_ACCESS_KEY={found.secret_access_key}\n"
            "export AWS_REGION=us-east-1\n"
            "export AWS_DEFAULT_REGION=us-east-1\n"
        )
        assert json.loads(cli("sandbox", "status", "-o", "json").out)["speed"] == 60.0
        assert cli("sandbox", "status").out.startswith(f"running at {found.endpoint}, account ")
        assert "context list" not in cli("context", "use", "sandbox").err
        said = cli("--context", "sandbox", "-f", "nosuch:live", "status")
        assert said.code == 9
        assert said.err.startswith("Target   nosuch:live  000000000000  (SANDBOX http://127.0.0.1:")
    assert process.returncode == 0
    assert state.sandbox() is None
    assert not (state_dir() / "sandbox.json").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda s: s.name)
def test_a_signal_ends_it_with_its_workers(cli: Run, number: signal.Signals) -> None:
    with started("--speed", "60") as (process, _):
        assert cli("--context", "sandbox", "deploy", "--yes", "-q").code == 0
        fast = ("-p", "Release=two", "-p", "DeploymentPreferenceType=AllAtOnce")
        assert cli("deploy", "--yes", "-q", *fast).code == 0
        workers = children(process.pid)
        assert workers
        process.send_signal(number)
        process.wait(timeout=30)
    assert process.returncode == 0
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


def test_a_signal_that_was_lost_on_its_way_is_still_heard() -> None:
    """It came while the thread was about to sleep, or in a finalizer: nothing was raised here."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with heeding_signals(Hosting()) as wait_for_one:
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGTERM)
            assert wait_for_one()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_a_second_one_is_refused(cli: Run) -> None:
    with started() as (process, found):
        said = cli("sandbox", "start")
    assert said.code == 2
    assert said.err == (
        f"error: a sandbox is already running at {found.endpoint}\n"
        f"  why: process {process.pid}; only one at a time is the context sandbox\n"
        f"  try: kill {process.pid}   ends it, and   lambdactl sandbox status   shows it\n"
    )


def test_a_port_in_use_is_named(cli: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        said = cli("sandbox", "start", "--port", str(port))
    assert said.code == 2
    assert said.err == (
        f"error: port {port} is in use\n"
        f"  why: another program listens on 127.0.0.1:{port}\n"
        "  try: lambdactl sandbox start   without --port takes a free one\n"
    )
    assert state.sandbox() is None


@pytest.mark.parametrize("words", [("sandbox", "start"), ("demo",)], ids=" ".join)
def test_without_the_extra_packages_the_command_to_type_is_named(
    cli: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "moto" else find(name)
    )
    said = cli(*words)
    assert said.code == 2
    assert said.err == (
        "error: the sandbox needs packages that are not installed: moto\n"
        "  why: S3, IAM and STS are answered by them\n"
        "  try: pip install 'lambdactl[sandbox]'\n"
    )


@pytest.mark.parametrize("words", [("env",), ("status",)], ids=" ".join)
def test_one_that_is_not_running_is_said(cli: Run, words: tuple[str, ...]) -> None:
    said = cli("sandbox", *words)
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        "error: the sandbox is not running\n"
        "  why: none that was started on this machine answers\n"
        "  try: lambdactl sandbox start\n"
    )


def test_one_that_was_killed_is_not_believed_to_run(cli: Run) -> None:
    with started() as (process, found):
        process.kill()
        process.wait()
    assert (state_dir() / "sandbox.json").exists()
    assert state.sandbox() is None
    assert cli("--context", "sandbox", "-f", "f:a", "status").code == 2
    assert found.endpoint.startswith("http://127.0.0.1:")


def test_a_child_ends_with_us_and_is_not_listed_unless_asked() -> None:
    with sandbox_process(speed=60.0, listed=False) as found:
        assert found.answers
        assert state.sandbox() is None
    assert not found.answers


def test_a_child_that_is_told_to_end_while_its_stdin_is_open_ends_in_order() -> None:
    words = [*START, "--until-eof", "--unlisted"]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline()
        child.terminate()
        assert child.stderr.read() == "\nending the sandbox and its workers\n"
    assert child.returncode == 0


def test_a_child_that_does_not_come_up_says_why() -> None:
    with (
        pytest.raises(LambdactlError, match="the sandbox did not start") as caught,
        sandbox_process(speed=1e9, listed=True),
    ):
        pass
    assert caught.value.why == "--speed 1e+09 is out of range"


def test_a_child_that_ends_in_the_middle_is_told_of() -> None:
    with (
        pytest.raises(Unreachable) as caught,
        sandbox_process(speed=60.0, listed=False) as found,
    ):
        os.kill(found.pid, signal.SIGKILL)
        os.waitid(os.P_PID, found.pid, os.WEXITED | os.WNOWAIT)
        raise Unreachable("endpoint does not answer", why="connection refused")
    assert caught.value.why == "the sandbox ended with code -9: it said nothing"


def test_a_scenario_of_plain_calls_is_set_and_its_alias_is_the_target(cli: Run) -> None:
    with started("--speed", "600", "--scenario", "stopped-split") as (process, found):
        assert process.stderr is not None
        said = next(line for line in process.stderr if line.startswith("scenario stopped-split is"))
        assert said == "scenario stopped-split is set: lambdactl status, in another terminal\n"
        current = state.current()
        assert current is not None
        assert (current.function, current.alias) == ("checkout", "live")
        assert current.endpoint == found.endpoint
        status = json.loads(cli("status", "-o", "json").out)
    assert status["data"]["alias"]["routing"]["canary"] == 2


def test_a_scenario_that_takes_long_says_so_and_how_to_shorten_it(cli: Run) -> None:
    with started("--scenario", "hook-timed-out") as (process, _):
        assert process.stderr is not None
        said = next(line for line in process.stderr if line.startswith("it takes"))
    assert said == "it takes 61 minutes of account time; --speed 183 makes it 20 seconds\n"
