"""The one place where a call to AWS is made: one session, cached clients, no error left untold.

Reads are retried by botocore in standard mode. Writes are sent once and never repeated by
themselves: after a time-out nobody knows whether an UpdateAlias was done, and only a fresh look at
the alias, by whoever asked, can say. One that could not even be sent is tried again. Clients are
thread-safe and shared; making them is not, and is guarded.

boto3 is imported when the first client is made, not before.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from lambdactl import __version__
from lambdactl.aws.caller import Caller
from lambdactl.aws.clock import AwsClock
from lambdactl.aws.failures import Asked
from lambdactl.aws.known_accounts import key_of
from lambdactl.aws.limiter import Buckets
from lambdactl.aws.repeating import throttle_code, unsent_again
from lambdactl.aws.tally import Tally, watch
from lambdactl.aws.wholeness import check_whole
from lambdactl.errors import LambdactlError, NotFound, Refused, UsageError

T = TypeVar("T")
READS = ("BatchGet", "Describe", "Filter", "Get", "Head", "List")
"""How the names of all our calls begin that change nothing."""
MORE = frozenset(("Marker", "NextMarker", "NextToken", "nextToken"))
"""The words with which an answer says that there is another page to ask for."""
LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))


class Door:
    """Calls by botocore's names: ``call("lambda", "GetAlias", "alias live", FunctionName=...)``."""

    def __init__(
        self,
        *,
        profile: str | None = None,
        region: str | None = None,
        endpoint_url: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
        known_accounts: Path | None = None,
        expects_account: str | None = None,
    ) -> None:
        self.profile = profile
        self.endpoint_url = endpoint_url
        self._region = region
        self._keys = (access_key, secret_key)
        self._session: Any = None
        self._clients: dict[tuple[str, bool], Any] = {}
        self._remembered: dict[Any, tuple[float, Any]] = {}
        self._lock = threading.RLock()
        self.clock = AwsClock()
        self.caller = Caller(self, known_accounts, expects_account)
        self.buckets = Buckets()
        self.read_only: str | None = None
        """Why nothing may be written; then no call but a read leaves this door."""
        self.on_throttled: Callable[[str, str], None] | None = None
        """Told the call, and the code with which AWS asks us to slow down, before each retry."""
        self.on_call: Callable[[str], None] | None = None
        """Told a line of every answer and every failure: no parameter, no content."""
        self.on_error: Callable[[LambdactlError], None] | None = None
        """Told every failure of a call, those too that cost a part of a look only."""
        self.pause: Callable[[float], None] = time.sleep
        self.tally = Tally()
        """What was really sent, retries and all: see :mod:`lambdactl.aws.tally`."""
        self._names: dict[str, str] = {}
        self.calls: Counter[str] = Counter()
        """How often each API was asked, by ``service:Operation``; retries inside botocore not."""

    def call(
        self, service: str, operation: str, about: str = "", /, **params: Any
    ) -> dict[str, Any]:
        """One read; ``about`` is its subject for the sentence of an error: ``alias live``."""
        return self._ask(service, operation, about, params, write=False)

    def write(
        self, service: str, operation: str, about: str = "", /, **params: Any
    ) -> dict[str, Any]:
        """One call that changes something, asked exactly once."""
        return self._ask(service, operation, about, params, write=True)

    def pages(
        self, service: str, operation: str, key: str, about: str = "", /, **params: Any
    ) -> Iterator[Any]:
        """The items under ``key`` of every page."""
        self.caller.before(service, operation, write=False)
        with self.asking(service, operation, about):
            pages = iter(self.client(service).get_paginator(snake(operation)).paginate(**params))
        more = True
        while True:
            if more:
                self._pace(service, operation)
            with self.asking(service, operation, about):
                page = next(pages, None)
            if page is None:
                return
            more = not MORE.isdisjoint(page)
            self._count(service, operation)
            self.caller.after(service, page)
            yield from page.get(key, ())

    @contextmanager
    def asking(self, service: str, operation: str, about: str = "") -> Iterator[None]:
        """Inside, every exception of botocore becomes one of ours that names the call."""
        from botocore.exceptions import BotoCoreError, ClientError

        from lambdactl.aws.mapping import translate

        try:
            yield
        except (BotoCoreError, ClientError) as error:
            self.tell(f"{service}:{operation} failed: {type(error).__name__}")
            told = translate(error, self.asked(service, operation, about))
            if isinstance(told, NotFound):
                # That there is no such thing is true of one account only.
                self.caller.after(service, {})
            if self.on_error is not None:
                self.on_error(told)
            raise told from error

    def asked(self, service: str, operation: str, about: str = "") -> Asked:
        profile, endpoint = self.named_profile, self.foreign_endpoint
        return Asked(service, operation, about, self.region, profile, endpoint)

    @property
    def named_profile(self) -> str | None:
        """The profile in use, whoever named it: what is suggested must lead to the same login."""
        if self.profile or self._session is None or self._keys != (None, None):
            return self.profile
        found: str = self._session.profile_name
        return None if found == "default" else found

    def client(self, service: str, *, writes: bool = False) -> Any:
        """botocore's client of a service; ``writes`` has one that never repeats a request."""
        with self._lock, self.asking(service, "connect"):
            if (service, writes) not in self._clients:
                self._clients[service, writes] = self._make(service, writes)
            return self._clients[service, writes]

    def remembered(
        self, key: object, ttl_s: float, read: Callable[[], T], *, empty_ttl_s: float | None = None
    ) -> T:
        """What ``read`` said at most ``ttl_s`` seconds ago. A failure is never remembered.

        ``empty_ttl_s`` is for an answer that is false: nothing there yet, which may change soon.
        """
        with self._lock:
            known = self._remembered.get(key)
        if known is not None:
            at, answer = known
            lasts_s = ttl_s if answer or empty_ttl_s is None else empty_ttl_s
            if time.monotonic() - at < lasts_s:
                still: T = answer
                return still
        told = read()
        with self._lock:
            self._remembered[key] = (time.monotonic(), told)
        return told

    def forget(self, key: object) -> None:
        """What was remembered under ``key`` has turned out to be wrong."""
        with self._lock:
            self._remembered.pop(key, None)

    def whose(self) -> str:
        """Which credentials these are, without saying what they are; empty where there are none."""
        with self.asking("sts", "connect"):
            found = self._session.get_credentials()
            access_key = found.get_frozen_credentials().access_key if found else None
        return key_of(access_key, self.foreign_endpoint) if access_key else ""

    @property
    def region(self) -> str | None:
        return self._region or (self._session.region_name if self._session else None)

    @property
    def foreign_endpoint(self) -> str | None:
        """The endpoint in use where it is not AWS's own, whoever set it; None for AWS."""
        with self._lock:
            urls = [client.meta.endpoint_url for client in self._clients.values()]
        url = next(iter(urls), self.endpoint_url)
        return None if url is None or is_aws(url) else url

    def close(self) -> None:
        """Give the connections back."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _ask(
        self, service: str, operation: str, about: str, params: dict[str, Any], *, write: bool
    ) -> dict[str, Any]:
        changes = write or not operation.startswith(READS)
        if self.read_only is not None and changes:
            raise Refused(f"{service}:{operation} was not asked: read-only", why=self.read_only)
        self.caller.before(service, operation, write=changes)
        self._pace(service, operation)
        self._count(service, operation)
        with self.asking(service, operation, about):
            client = self.client(service, writes=write)
            ask = partial(getattr(client, snake(operation)), **params)
            answer: dict[str, Any] = (
                unsent_again(ask, pause=self.pause, tell=self.tell) if write else ask()
            )
        self.caller.after(service, answer)
        return answer

    def tell(self, line: str) -> None:
        """A line for whoever follows the calls."""
        if self.on_call is not None:
            self.on_call(line)

    def _pace(self, service: str, operation: str) -> None:
        limiter = self.buckets.of(service, operation)
        if limiter is not None:
            limiter.wait()

    def _count(self, service: str, operation: str) -> None:
        with self._lock:
            self.calls[f"{service}:{operation}"] += 1

    def _make(self, service: str, writes: bool) -> Any:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        from lambdactl.aws.service_models import session

        access_key, secret_key = self._keys
        if self._session is None:
            self._session = boto3.Session(
                botocore_session=session(),
                profile_name=self.profile,
                region_name=self._region,
                aws_access_key_id=access_key,
                aws_secret_access_key=secret_key,
            )
            watch(self._session.events, self.tally, self._names)
        try:
            client = self._session.client(
                service, endpoint_url=self.endpoint_url, config=Config(**self._settings(writes))
            )
        except BotoCoreError:
            raise
        except ValueError as error:
            raise UsageError(
                f"the endpoint {self.endpoint_url} cannot be used",
                why=str(error),
                hint="write it as a URL: http://127.0.0.1:4566",
            ) from error
        self._names[client.meta.service_model.service_id.hyphenize()] = service
        client.meta.events.register("before-parse", check_whole)
        client.meta.events.register("after-call", self._answered)
        client.meta.events.register("needs-retry", self._slowed)
        client.meta.events.register_first("request-created", self._sending)
        return client

    def _settings(self, writes: bool) -> dict[str, Any]:
        url = self.endpoint_url or os.environ.get("AWS_ENDPOINT_URL", "")
        near = urlsplit(url).hostname in LOOPBACK
        settings: dict[str, Any] = {
            "connect_timeout": 2 if near else 5,
            "read_timeout": 30,
            "retries": {"mode": "standard", "total_max_attempts": 1 if writes else 4},
            "user_agent_extra": f"lambdactl/{__version__}",
        }
        # A proxy of the environment is for the way out of this machine, not for a port on it.
        return {**settings, "proxies": {}} if near else settings

    def _answered(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        told = parsed.get("ResponseMetadata", {})
        self.clock.observe(told.get("HTTPHeaders", {}).get("date"))
        service = model.service_model.service_name
        status, request = told.get("HTTPStatusCode"), told.get("RequestId", "-")
        self.tell(f"{service}:{model.name} {status} {request}")

    def _slowed(self, operation: Any, response: Any = None, **_: Any) -> None:
        code = throttle_code(response)
        if code is not None:
            service = self._name_of(operation)
            self.buckets.slow_down(service, operation.name)
            if self.on_throttled is not None:
                self.on_throttled(f"{service}:{operation.name}", code)

    def _sending(self, request: Any, event_name: str, **_: Any) -> None:
        """What botocore asks again by itself waits for its turn, too."""
        if request.context.get("retries", {}).get("attempt", 1) > 1:
            service, operation = event_name.split(".")[1:]
            self._pace(self._names.get(service, service), operation)

    def _name_of(self, operation: Any) -> str:
        service: str = operation.service_model.service_id.hyphenize()
        return self._names.get(service, service)


def is_aws(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))


def snake(operation: str) -> str:
    from botocore import xform_name

    return xform_name(operation)
