"""The loopback server, byte by byte."""

from __future__ import annotations

import errno
import http.client
import socket
import threading
from collections.abc import Iterator

import pytest

from lambdactl.sandbox.faults import ConnectionDropped
from lambdactl.sandbox.http import Server
from lambdactl.sandbox.wire import Request, Response

HOST = b"Host: 127.0.0.1\r\n"


class Echo:
    """Answers with what it got, or as the path says."""

    def __init__(self) -> None:
        self.got: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.got.append(request)
        if request.path == "/drop":
            raise ConnectionDropped
        if request.path == "/empty":
            return Response(204, {}, b"never sent")
        if request.path == "/head":
            return Response(200, {"Content-Length": "12345"}, b"")
        if request.path == "/split":
            return Response(200, {"X-Text": "a\r\nSet-Cookie: b"}, b"")
        return Response(200, {"X-Method": request.method}, request.body)


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def server(echo: Echo) -> Iterator[Server]:
    made = Server()
    made.start(echo)
    yield made
    made.close()


def talk(server: Server, *pieces: bytes) -> bytes:
    """Everything the server says to ``pieces`` until it closes the connection."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)
        said = b""
        while received := connection.recv(65536):
            said += received
        return said


def test_listens_on_the_loopback_interface_only(server: Server) -> None:
    assert server._listener.server_address[0] == "127.0.0.1"
    assert server.endpoint == f"http://127.0.0.1:{server.port}"


def test_a_request_as_the_handler_sees_it(server: Server, echo: Echo) -> None:
    head = b"POST /a%2Fb/c?x=1&y=%26 HTTP/1.1\r\n" + HOST
    talk(server, head + b"X-Two: 1\r\nx-two: 2\r\nContent-Length: 4\r\n\r\nbody")
    (request,) = echo.got
    assert request == Request(
        "POST",
        "/a%2Fb/c",
        "x=1&y=%26",
        {"host": "127.0.0.1", "x-two": "1,2", "content-length": "4"},
        b"body",
    )


def test_an_answer_comes_in_one_piece(server: Server) -> None:
    said = talk(server, b"PUT / HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\nhi")
    assert said == b"HTTP/1.1 200 OK\r\nX-Method: PUT\r\nContent-Length: 2\r\n\r\nhi"


def test_a_connection_is_kept_for_the_next_request(server: Server, echo: Echo) -> None:
    one = b"GET /1 HTTP/1.1\r\n" + HOST + b"\r\n"
    two = b"GET /2 HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    never = b"GET /3 HTTP/1.1\r\n" + HOST + b"\r\n"
    said = talk(server, one + two + never)
    assert [request.path for request in echo.got] == ["/1", "/2"]
    assert said.count(b"HTTP/1.1 200 OK") == 2
    assert said.count(b"Connection: close") == 1


def test_a_body_in_chunks_with_a_trailer(server: Server, echo: Echo) -> None:
    head = b"PUT / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
    talk(server, head, b"4\r\nWiki\r\n", b"6;x=y\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\n")
    talk(server, head, b"3\r\nabc\r\n0\r\nX-Checksum: 1\r\n\r\n")
    assert [request.body for request in echo.got] == [b"Wikipedia in \r\n\r\nchunks.", b"abc"]


def test_a_client_that_waits_is_told_to_go_on(server: Server) -> None:
    head = b"PUT / HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head)
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"hi")
        assert connection.recv(1000).endswith(b"\r\n\r\nhi")


def test_no_content_and_head_have_no_body(server: Server) -> None:
    said = talk(server, b"GET /empty HTTP/1.1\r\n" + HOST + b"\r\n")
    assert said == b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
    said = talk(server, b"HEAD /head HTTP/1.1\r\n" + HOST + b"\r\n")
    assert said == b"HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n"


def test_a_header_cannot_smuggle_in_another(server: Server) -> None:
    said = talk(server, b"GET /split HTTP/1.1\r\n" + HOST + b"\r\n")
    assert b"X-Text: a  Set-Cookie: b\r\n" in said


def test_a_dropped_connection_says_nothing(server: Server) -> None:
    assert talk(server, b"GET /drop HTTP/1.1\r\n" + HOST + b"\r\n") == b""


BAD = [
    (b"hello\r\n\r\n", b"400"),
    (b"GET / SPDY/3\r\n\r\n", b"400"),
    (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"400"),
    (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b"431"),
    (b"GET / HTTP/1.1\r\n" + b"X: %s\r\n" % (b"a" * 40_000) * 3 + b"\r\n", b"431"),
    (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: many\r\n\r\n", b"400"),
    (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 999999999999\r\n\r\n", b"413"),
    (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
    (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"421"),
    (b"GET / HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n\r\n", b"421"),
]


@pytest.mark.parametrize(("text", "status"), BAD, ids=range(len(BAD)))
def test_what_is_no_request_is_refused_and_the_connection_closed(
    server: Server, echo: Echo, text: bytes, status: bytes
) -> None:
    said = talk(server, text)
    assert said.startswith(b"HTTP/1.1 " + status)
    assert echo.got == []


GOOD_HOSTS = [
    b"127.0.0.1:4566",
    b"localhost:4566",
    b"bucket.localhost",
    b"[::1]:80",
    b"abc123.execute-api.us-east-1.amazonaws.com",
]


@pytest.mark.parametrize("host", GOOD_HOSTS)
def test_the_names_of_this_machine_are_ours(server: Server, host: bytes) -> None:
    said = talk(server, b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 200 OK")


def test_a_client_that_leaves_in_the_middle_does_no_harm(server: Server, echo: Echo) -> None:
    talk(server, b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\nhalf")
    assert echo.got == []
    assert talk(server, b"GET / HTTP/1.1\r\n" + HOST + b"\r\n").startswith(b"HTTP/1.1 200")


def test_many_connections_at_once(server: Server, echo: Echo) -> None:
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
            for index in range(20):
                body = f"{number}-{index}".encode()
                connection.request("POST", "/", body)
                assert connection.getresponse().read() == body
            connection.close()
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=run, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(echo.got) == 400


def test_a_port_in_use_is_an_os_error(server: Server) -> None:
    with pytest.raises(OSError) as raised:
        Server(server.port)
    assert raised.value.errno == errno.EADDRINUSE


def test_closing_frees_the_port_and_the_connections_that_clients_keep() -> None:
    server = Server()
    server.start(Echo())
    kept = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    kept.request("GET", "/")
    kept.getresponse().read()
    server.close()
    assert kept.sock.recv(1) == b""
    kept.close()
    again = Server(server.port)
    again.close()
