"""botocore clients that reach the account without a socket.

botocore asks its ``before-send`` handlers for an answer before it opens a connection. Ours hands
the request, signed and serialised as ever, to the door.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError
from botocore.session import Session

from lambdactl.sandbox.account import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from lambdactl.sandbox.faults import ConnectionDropped
from lambdactl.sandbox.wire import Request, Response

Handle = Callable[[Request], Response]
ENDPOINT = "http://sandbox.localhost"
_making = threading.Lock()
"""Sessions are not for several threads at a time; the clients that they make are."""
CONFIG = Config(s3={"addressing_style": "path"}, connect_timeout=10, read_timeout=600)


class _Body(io.BytesIO):
    """A response's body as urllib3 presents one."""

    def stream(self, amt: int = 65536, **_: Any) -> Iterator[bytes]:
        while piece := self.read(amt):
            yield piece


def client(handle: Handle, service: str, region: str, config: Config | None = None) -> Any:
    """A botocore client of ``service`` whose requests go to ``handle``."""
    config = CONFIG.merge(config) if config else CONFIG
    with _making:
        made = _session().create_client(
            service, region_name=region, endpoint_url=ENDPOINT, config=config
        )
    made.meta.events.register_first("before-send.*", sender(handle))
    return made


def boto3_client(handle: Handle, service: str, region: str) -> Any:
    """As :func:`client`, with what boto3 adds to some services (``upload_file``)."""
    with _making:
        made = _boto3_session().client(
            service, region_name=region, endpoint_url=ENDPOINT, config=CONFIG
        )
    made.meta.events.register_first("before-send.*", sender(handle))
    return made


@lru_cache(maxsize=1)
def _session() -> Session:
    """A session that knows the sandbox's made-up credentials and nothing of the user's."""
    nowhere = ("config_file", "credentials_file", "profile")
    made = Session(session_vars=dict.fromkeys(nowhere, (None, None, None, None)))
    made.set_credentials(ACCESS_KEY_ID, SECRET_ACCESS_KEY)
    return made


@lru_cache(maxsize=1)
def _boto3_session() -> Any:
    import boto3

    return boto3.Session(botocore_session=_session())


def sender(handle: Handle) -> Callable[..., Any]:
    """A ``before-send`` handler that answers by ``handle``."""

    def send(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        try:
            response = handle(_as_request(request))
        except ConnectionDropped as error:
            raise ConnectionClosedError(endpoint_url=request.url) from error
        head = request.method == "HEAD"
        sent = response.body[: len(response.body) // 2] if response.cut else response.body
        body = _Body(b"" if head else sent)
        headers: Any = {"Content-Length": str(len(response.body)), **response.headers}
        return AWSResponse(request.url, response.status, headers, body)

    return send


def _as_request(request: AWSPreparedRequest) -> Request:
    url = urlsplit(request.url)
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    headers.setdefault("host", url.netloc)
    return Request(request.method, url.path or "/", url.query, headers, _bytes(request.body))


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if hasattr(body, "read"):
        body = body.read()
    return body.encode() if isinstance(body, str) else bytes(body)
