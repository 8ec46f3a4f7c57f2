"""Running the sandbox in this process, in the foreground, until it is asked to end.

It listens in threads of its own; this thread carries out the scenario, through the same API as
everybody, and then waits for Ctrl-C, SIGTERM, or the end of stdin where it is a child.
"""

from __future__ import annotations

import errno
import importlib.util
import os
import shlex
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from lambdactl.cli import state
from lambdactl.cli.options import Asked
from lambdactl.errors import UsageError

if TYPE_CHECKING:
    from lambdactl.sandbox.open import Sandbox

EXTRA = {"moto": "moto", "samtranslator": "aws-sam-translator", "werkzeug": "werkzeug"}
"""Modules that only the sandbox needs, and the packages they come in."""


@dataclass(frozen=True, slots=True)
class Hosting:
    """How the sandbox is to run."""

    port: int = 0
    speed: float = 1.0
    scenario: str = "empty"
    listed: bool = True
    """Whether other terminals find it as the context ``sandbox``."""
    limits: bool = True
    """Whether Lambda throttles as AWS does."""
    seed: int | None = None
    metric_delay: float = 0.0
    """How late metrics are, account seconds."""
    """Makes chance repeatable."""
    until_eof: bool = False
    """End when stdin ends: for a parent that may be killed."""


def require_extra() -> None:
    """Raises UsageError where the sandbox's own packages are not installed."""
    missing = [p for module, p in EXTRA.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise UsageError(
            f"the sandbox needs packages that are not installed: {', '.join(missing)}",
            why="S3, IAM and STS are answered by them",
            hint="pip install 'lambdactl[sandbox]'",
        )


def host(asked: Asked, hosting: Hosting) -> None:
    """Listen, say so, carry out the scenario, and wait for the end."""
    require_extra()
    if hosting.listed:
        _refuse_second()
    from lambdactl.cli.scenario import carry_out, scenario_named

    scenario = scenario_named(hosting.scenario)
    with (
        heeding_signals(hosting) as wait_for_one,
        listening(hosting) as sandbox,
        announced(sandbox, hosting) as found,
    ):
        try:
            _say_ready(asked, found)
            carry_out(asked, sandbox.account, found, scenario)
            wait_for_one()
        except KeyboardInterrupt:
            asked.terminal.say("")
        asked.terminal.say("ending the sandbox and its workers")


def _refuse_second() -> None:
    running = state.sandbox()
    if running is not None:
        raise UsageError(
            f"a sandbox is already running at {running.endpoint}",
            why=f"process {running.pid}; only one at a time is the context sandbox",
            hint=f"kill {running.pid}   ends it, and   lambdactl sandbox status   shows it",
        )


@contextmanager
def heeding_signals(hosting: Hosting) -> Iterator[Callable[[], object]]:
    """SIGTERM and the end of stdin interrupt as Ctrl-C does: a scenario may take an hour.

    Yields the wait for one of them. A lock would not do for that: a signal that comes when the
    interpreter has last looked and the thread does not sleep yet wakes nobody, and one that arrives
    inside a finalizer is swallowed there. Each leaves a byte in a socket, which waits for us.
    """
    heard, wake = socket.socketpair()
    with heard, wake:
        wake.setblocking(False)
        before = signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        # A shell starts a background job with SIGINT ignored; a kill -INT is meant all the same.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if hosting.until_eof:
            threading.Thread(target=_interrupt_at_eof, name="stdin", daemon=True).start()
        try:
            yield lambda: heard.recv(1)
        finally:
            signal.set_wakeup_fd(before)


def _interrupt_at_eof() -> None:
    """Past ``sys.stdin``: its lock, held by a thread that reads, aborts the interpreter's end."""
    while os.read(sys.stdin.fileno(), 1024):
        continue
    main = threading.main_thread().ident
    assert main is not None
    signal.pthread_kill(main, signal.SIGTERM)


@contextmanager
def listening(hosting: Hosting) -> Iterator[Sandbox]:
    from lambdactl.sandbox.admin import streams
    from lambdactl.sandbox.open import Sandbox

    try:
        sandbox = Sandbox(
            port=hosting.port,
            speed=hosting.speed,
            limits=hosting.limits,
            seed=hosting.seed,
            metric_delay=hosting.metric_delay,
        )
    except OSError as error:
        raise _cannot_listen(hosting.port, error) from error
    with sandbox:
        try:
            yield sandbox
        finally:
            streams(sandbox.account).close()


def _cannot_listen(port: int, error: OSError) -> UsageError:
    if error.errno == errno.EADDRINUSE:
        return UsageError(
            f"port {port} is in use",
            why=f"another program listens on 127.0.0.1:{port}",
            hint="lambdactl sandbox start   without --port takes a free one",
        )
    return UsageError(
        f"cannot listen on 127.0.0.1:{port}",
        why=error.strerror or str(error),
        hint="lambdactl sandbox start   without --port takes a free one",
    )


@contextmanager
def announced(sandbox: Sandbox, hosting: Hosting) -> Iterator[state.SandboxState]:
    """The sandbox's state file, for as long as it runs."""
    environment = sandbox.environment()
    found = state.SandboxState(
        endpoint=sandbox.endpoint,
        region=sandbox.account.region,
        account_id=sandbox.account.id,
        access_key_id=environment["AWS_ACCESS_KEY_ID"],
        secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        pid=os.getpid(),
        speed=hosting.speed,
    )
    if hosting.listed:
        state.remember_sandbox(found)
    try:
        yield found
    finally:
        if hosting.listed:
            state.forget_sandbox(found)


def _say_ready(asked: Asked, found: state.SandboxState) -> None:
    if asked.structured:
        asked.terminal.document(asdict(found), "jsonl")
        return
    faster = f", {found.speed:g} times as fast as the clock" if found.speed != 1 else ""
    asked.terminal.out(f"ready at {found.endpoint}, account {found.account_id}{faster}")
    asked.terminal.say(
        "In another terminal:",
        "  lambdactl --context sandbox deploy",
        "  lambdactl status",
        '  eval "$(lambdactl sandbox env)"      for any other AWS client',
        "Ctrl-C ends it. Nothing here is sent to AWS, and no credentials of yours are read.",
    )


def export_lines(found: state.SandboxState) -> list[str]:
    """What ``eval "$(lambdactl sandbox env)"`` runs."""
    return [f"export {name}={shlex.quote(value)}" for name, value in variables_of(found).items()]


def variables_of(found: state.SandboxState) -> dict[str, str]:
    """What leads any AWS client to it."""
    return {
        "AWS_ENDPOINT_URL": found.endpoint,
        "AWS_ACCESS_KEY_ID": found.access_key_id,
        "AWS_SECRET_ACCESS_KEY": found.secret_access_key,
        "AWS_REGION": found.region,
        "AWS_DEFAULT_REGION": found.region,
    }
