"""moto itself: imported late, one world per process, lent to one account at a time.

moto keeps its state in module globals and reads the machine's clock. Here the state of the account
whose request is served is swapped in under one lock, so that two accounts in a process do not see
each other's buckets; and the time that moto reads is that account's.
"""

from __future__ import annotations

import datetime
import re
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.moto_policies import heed_conditions
from lambdactl.sandbox.wire import Response

Answer = Callable[..., Any]
LINES_KEPT = 100_000
"""Of one log stream, some 45 MB; nearly two hours of it at 240 calls a minute."""


@lru_cache(maxsize=1)
def the_world() -> MotoWorld:
    """The process's moto; the first call imports it."""
    return MotoWorld()


class MotoWorld:
    """moto's URL tables and its state."""

    def __init__(self) -> None:
        try:
            import moto.backend_index
            import moto.backends
            import moto.core.base_backend
            import moto.core.config
            import moto.core.request
            import moto.core.utils
            from werkzeug.exceptions import HTTPException
        except ImportError as error:
            wanted = "S3, IAM and STS need moto: pip install 'lambdactl[sandbox]'"
            raise ApiError("NotImplemented", f"{wanted} ({error})", 501) from error
        self._moto = moto
        self._said_by_exception = HTTPException
        self._lock = threading.RLock()
        self._owner: Account | None = None
        self._stored: dict[Account, list[tuple[dict[Any, Any], dict[Any, Any]]]] = {}
        self._knowing_policies: set[Account] = set()
        self._tables: dict[str, list[tuple[re.Pattern[str], Answer]]] = {}
        moto.core.utils.datetime = _clocked_datetime(self._now)

    def _now(self) -> float:
        if self._owner is None:
            return datetime.datetime.now(datetime.UTC).timestamp()
        return self._owner.clock.now()

    @contextmanager
    def belonging_to(self, account: Account) -> Iterator[None]:
        """Hold moto for ``account``, with what it has stored there."""
        with self._lock:
            if self._owner is not account:
                self._put_away()
                self._owner = account
                for memory, contents in self._stored.pop(account, []):
                    dict.update(memory, contents)
            yield

    def _put_away(self) -> None:
        """Store what moto remembers of its owner, and leave it empty."""
        memories = self._memories()
        if self._owner is not None:
            self._stored[self._owner] = [(memory, dict(memory)) for memory in memories]
        for memory in memories:
            memory.clear()
        self._owner = None

    def _memories(self) -> list[dict[Any, Any]]:
        """Every dictionary of moto in which services keep their state, by account id; S3 has one
        more, of the bucket names that all accounts share."""
        used = list(self._moto.core.base_backend.BackendDict._instances)
        inner = [value for backends in used for value in vars(backends).values()]
        return used + [value for value in inner if isinstance(value, dict)]

    def _with_aws_policies(self, account: Account) -> None:
        """Give the account AWS's managed policies, some 20 MB, when it first asks for IAM."""
        if account not in self._knowing_policies:
            self._knowing_policies.add(account)
            settings = self._moto.core.config.default_user_config["iam"]
            settings["load_aws_managed_policies"] = True
            backends = self._moto.backends.get_backend("iam")[account.id]
            backends.pop("aws", None)  # S3 has made one without, to note that it was called
            backends["aws"]
            settings["load_aws_managed_policies"] = False

    def forget(self, account: Account) -> None:
        """Drop what ``account`` has stored, and the temporary files of its objects."""
        with self.belonging_to(account):
            for backends in self._moto.core.base_backend.BackendDict._instances:
                for backend in backends.values():
                    backend.reset()
            self._owner = None
            self._knowing_policies.discard(account)
            for memory in self._memories():
                memory.clear()

    def ask(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Response | None:
        """moto's answer, ``None`` if it knows no such address. Call it inside ``belonging_to``."""
        if self._owner is not None and url.startswith("https://iam."):
            self._with_aws_policies(self._owner)
        found = self._find(url.partition("?")[0])
        if found is None:
            return None
        request = self._moto.core.request.Request.from_primitives(method, url, headers, body)
        try:
            return _response(found(request, request.raw_url, request.headers))
        except self._said_by_exception as error:
            return _response((error.code, error.get_headers(), error.get_body()))

    def keep_newest_lines(self, account: Account) -> None:
        """Let the oldest lines of a log stream go: an account that is called for days would fill
        the machine with them. Call it inside ``belonging_to``."""
        for backend in self._moto.backends.get_backend("logs")[account.id].values():
            for group in backend.groups.values():
                for stream in group.streams.values():
                    if len(stream.events) > LINES_KEPT + LINES_KEPT // 10:
                        del stream.events[:-LINES_KEPT]

    def _owner_id(self) -> str:
        return self._owner.id if self._owner else "123456789012"

    def _find(self, url: str) -> Answer | None:
        for service, address in self._moto.backend_index.backend_url_patterns:
            if address.match(url):
                for path, answer in self._table(service):
                    if path.match(url):
                        return answer
        return None

    def _table(self, service: str) -> list[tuple[re.Pattern[str], Answer]]:
        table = self._tables.get(service)
        if table is None:
            backends = self._moto.backends.get_backend(service)[self._owner_id()]
            backend = backends["us-east-1" if "us-east-1" in backends else "aws"]
            table = [(re.compile(path), answer) for path, answer in backend.urls.items()]
            self._tables[service] = table
            if service == "s3":
                heed_conditions()
        return table


def _response(answer: Any) -> Response:
    status, headers, body = answer
    if not isinstance(body, bytes | str):
        body = b"".join(piece.encode() if isinstance(piece, str) else piece for piece in body)
    return Response(int(status), dict(headers), body.encode() if isinstance(body, str) else body)


def _clocked_datetime(now: Callable[[], float]) -> types.SimpleNamespace:
    """The module ``datetime``, but for a ``datetime.now`` that asks the account."""

    class AccountDatetime(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:  # type: ignore[override]
            return datetime.datetime.fromtimestamp(now(), tz)

    names = {name: value for name, value in vars(datetime).items() if not name.startswith("__")}
    return types.SimpleNamespace(**names | {"datetime": AccountDatetime})
