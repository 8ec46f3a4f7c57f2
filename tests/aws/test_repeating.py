"""What is asked again: a write that was not sent, a read that was too much; nothing else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from lambdactl.aws import Aws, connect
from lambdactl.aws.repeating import PAUSES_S, unsent_again
from lambdactl.errors import LambdactlError, Unreachable
from lambdactl.model import Routing, Target
from lambdactl.sandbox.faults import throttled
from lambdactl.sandbox.open import Sandbox
from tests.aws.reaching import reach

URL = {"endpoint_url": "http://127.0.0.1:9"}
LIVE = Target("checkout", "live")


def scripted(*outcomes: Exception | str) -> Callable[[], str]:
    left = list(outcomes)

    def ask() -> str:
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return ask


def asked(*outcomes: Exception | str) -> tuple[str, list[float], list[str]]:
    paused: list[float] = []
    told: list[str] = []
    answer = unsent_again(scripted(*outcomes), pause=paused.append, tell=told.append)
    return answer, paused, told


@pytest.mark.parametrize(
    "error", [EndpointConnectionError(**URL), ConnectTimeoutError(**URL)], ids=repr
)
def test_what_was_not_sent_is_asked_again_at_most_twice(error: Exception) -> None:
    answer, paused, told = asked(error, error, "done")
    assert answer == "done"
    assert tuple(paused) == PAUSES_S
    assert told[0].startswith("nothing was sent, asking again in 0.3 s: ")
    with pytest.raises(type(error)):
        asked(error, error, error, "never asked")


@pytest.mark.parametrize("error", [ReadTimeoutError(**URL), ConnectionClosedError(**URL)], ids=repr)
def test_what_may_have_arrived_is_never_asked_again(error: Exception) -> None:
    with pytest.raises(type(error)):
        asked(error, "never asked")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def aws_at(port: int) -> Aws:
    return connect(
        region="eu-west-1",
        endpoint_url=f"http://127.0.0.1:{port}",
        access_key="AKIA",
        secret_key="made-up",
    )


def test_a_refused_connection_is_tried_three_times_and_then_told() -> None:
    aws, paused = aws_at(free_port()), list[float]()
    aws.pause = paused.append
    with pytest.raises(Unreachable):
        aws.update_alias(LIVE, Routing(41), "rev-0")
    assert tuple(paused) == PAUSES_S


@contextmanager
def hanging_up() -> Iterator[tuple[int, list[bytes]]]:
    """A server that reads a request and closes the connection without an answer."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError as closed:
                    seen.append(str(closed.errno).encode())
                    return
                with connection:
                    seen.append(connection.recv(65_536))

        server = threading.Thread(target=serve)
        server.start()
        yield listener.getsockname()[1], seen
        listener.shutdown(socket.SHUT_RDWR)
    server.join(timeout=10)


def test_a_write_that_was_read_and_not_answered_is_sent_once() -> None:
    with hanging_up() as (port, seen):
        aws, paused = aws_at(port), list[float]()
        aws.pause = paused.append
        with pytest.raises(LambdactlError):
            aws.update_alias(LIVE, Routing(41), "rev-0")
        aws.close()
    assert paused == []
    assert sum(request.startswith(b"PUT /") for request in seen) == 1


def test_a_throttled_read_is_asked_again_told_and_paced(sandbox: Sandbox) -> None:
    aws = reach(sandbox)
    told: list[tuple[str, str]] = []
    lines: list[str] = []
    aws.on_throttled = lambda call, code: told.append((call, code))
    aws.on_call = lines.append
    sandbox.door.faults.add("lambda:ListFunctions", throttled(), times=1)
    assert aws.functions() == ()
    assert told == [("lambda:ListFunctions", "TooManyRequestsException")]
    assert aws.buckets.reads.slowed
    assert [line.split()[:2] for line in lines] == [["lambda:ListFunctions", "200"]]
    aws.close()
