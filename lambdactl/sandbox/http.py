"""An HTTP/1.1 server on the loopback interface, as small as AWS's clients allow.

One thread per connection, kept alive. An answer leaves in one piece, head and body together, on a
socket that does not wait to fill a packet: sent in two, each call would cost the 40 ms for which
the other side delays its acknowledgement.
"""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import socketserver
import threading
from collections.abc import Callable
from http import HTTPStatus

from lambdactl.sandbox.faults import ConnectionDropped
from lambdactl.sandbox.wire import Request, Response

Handle = Callable[[Request], Response]
log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
_OUR_NAMES = re.compile(
    r"(127\.0\.0\.1|\[::1\]|([\w.-]+\.)?localhost|[\w.-]+\.amazonaws\.com(\.cn)?)(:\d+)?",
    re.IGNORECASE,
)
"""A page that makes its own name resolve to this machine is not let in by it."""
MAX_HEAD = 64 * 1024
MAX_BODY = 512 * 1024 * 1024
_REASONS = {status.value: status.phrase for status in HTTPStatus}


class BadRequest(Exception):
    """Bytes that are not an HTTP request; the connection is closed after the answer."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Server:
    """Has a port of ``127.0.0.1`` from the start, and answers on it from :meth:`start` on.

    ``port`` 0 takes a free one; :class:`OSError` (``EADDRINUSE``) if somebody else has the port.
    """

    def __init__(self, port: int = 0) -> None:
        self._listener = _Listener((LOOPBACK, port))
        self._thread: threading.Thread | None = None
        self.port: int = self._listener.server_address[1]

    def start(self, handle: Handle) -> None:
        self._listener.handle = handle
        self._thread = threading.Thread(
            target=self._listener.serve_forever,
            kwargs={"poll_interval": 0.05},
            name="sandbox-http",
            daemon=True,
        )
        self._thread.start()

    @property
    def endpoint(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def close(self) -> None:
        """Stop listening, and close the connections that clients keep open."""
        if self._thread is not None:
            self._listener.shutdown()
            self._thread.join()
        self._listener.server_close()


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    handle: Handle

    def __init__(self, address: tuple[str, int]) -> None:
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(address, _Connection)

    def opened(self, connection: socket.socket) -> None:
        with self._guard:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._guard:
            self._open.discard(connection)

    def server_close(self) -> None:
        super().server_close()
        with self._guard:
            for connection in self._open:
                with contextlib.suppress(OSError):  # the client was faster
                    connection.shutdown(socket.SHUT_RDWR)


class _Connection(socketserver.StreamRequestHandler):
    """One client's connection: requests one after the other until either side has had enough."""

    disable_nagle_algorithm = True
    server: _Listener

    def handle(self) -> None:
        self.server.opened(self.connection)
        try:
            while self._serve_one():
                pass
        except (ConnectionError, TimeoutError) as error:
            log.debug("a client went away: %s", error)
        finally:
            self.server.closed(self.connection)

    def _serve_one(self) -> bool:
        """Answer one request; whether the connection stays open."""
        try:
            request = self._read()
        except BadRequest as error:
            headers = {"Connection": "close", "Content-Type": "text/plain"}
            self._send("GET", Response(error.status, headers, str(error).encode()))
            self._hear_out()
            return False
        if request is None:
            return False
        try:
            response = self.server.handle(request)
        except ConnectionDropped:
            return False
        keep = "close" not in request.headers.get("connection", "").lower()
        if not keep:
            response.headers["Connection"] = "close"
        if response.cut:
            self._send_half(request.method, response)
            return False
        self._send(request.method, response)
        return keep

    def _hear_out(self) -> None:
        """Let the client finish before closing: a reset could overtake the answer."""
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(1.0)
        unread = MAX_HEAD * 16
        while unread > 0 and (piece := self.connection.recv(65536)):
            unread -= len(piece)

    def _read(self) -> Request | None:
        line = self._line()
        if line is None:
            return None
        method, _, rest = line.partition(" ")
        target, _, version = rest.rpartition(" ")
        if not target or not version.startswith("HTTP/1."):
            raise BadRequest("this is not HTTP/1.1")
        headers = self._headers()
        if version == "HTTP/1.0":
            headers.setdefault("connection", "close")
        if not _OUR_NAMES.fullmatch(headers.get("host", LOOPBACK)):
            raise BadRequest("this host name is not the sandbox's", 421)
        if headers.get("expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if target.startswith("http://"):
            target = "/" + target[7:].partition("/")[2]
        path, _, query = target.partition("?")
        return Request(method, path, query, headers, self._body(headers))

    def _line(self) -> str | None:
        """The next line that says something; ``None`` at the end of the stream."""
        while True:
            line = self.rfile.readline(MAX_HEAD)
            if not line:
                return None
            if not line.endswith(b"\n"):
                raise BadRequest("the line is too long", 431)
            if text := line.rstrip(b"\r\n"):
                return text.decode("latin-1")

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        size = 0
        while line := self.rfile.readline(MAX_HEAD).rstrip(b"\r\n"):
            size += len(line)
            name, colon, value = line.decode("utf-8", "surrogateescape").partition(":")
            if not colon or size > MAX_HEAD:
                raise BadRequest("the headers cannot be read", 431 if colon else 400)
            name, value = name.lower(), value.strip()
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        return headers

    def _body(self, headers: dict[str, str]) -> bytes:
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return self._chunks()
        length = headers.get("content-length", "0")
        if not length.isdigit():
            raise BadRequest("Content-Length is not a number")
        return self._exactly(int(length))

    def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            size_text = self.rfile.readline(MAX_HEAD).split(b";")[0].strip()
            try:
                size = int(size_text, 16)
            except ValueError as error:
                raise BadRequest("the size of a chunk is not a number") from error
            if size == 0:
                break
            if len(body) + size > MAX_BODY:
                raise BadRequest("the body is too large", 413)
            body += self._exactly(size)
            self.rfile.readline(8)
        self._headers()
        return bytes(body)

    def _exactly(self, size: int) -> bytes:
        if size > MAX_BODY:
            raise BadRequest("the body is too large", 413)
        body = self.rfile.read(size)
        if len(body) < size:
            raise ConnectionError("the client closed in the middle of a request")
        return body

    def _send(self, method: str, response: Response) -> None:
        self.wfile.write(self._written(method, response))

    def _send_half(self, method: str, response: Response) -> None:
        """The head, which promises all of the body, and half of the body."""
        unsent = len(response.body) - len(response.body) // 2
        self.wfile.write(self._written(method, response)[: -unsent or None])

    def _written(self, method: str, response: Response) -> bytes:
        body = b"" if response.status == 204 else response.body
        known = {name.lower() for name in response.headers}
        head = [f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Unknown')}"]
        head += [f"{n}: {_one_line(v)}" for n, v in response.headers.items() if _may_say(n, method)]
        if method != "HEAD" or "content-length" not in known:
            head.append(f"Content-Length: {len(body)}")
        start = "\r\n".join(head).encode("utf-8", "surrogateescape") + b"\r\n\r\n"
        return start if method == "HEAD" else start + body


def _may_say(name: str, method: str) -> bool:
    """Only the answer to a HEAD may claim a length that its body does not have."""
    return name.lower() != "content-length" or method == "HEAD"


def _one_line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ")
