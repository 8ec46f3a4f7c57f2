"""The account: its number, its region, its clock, and the services that live in it.

Every operation, whether it came over the socket or from another service of the account, is
``account.call(service, operation, params)``: the members of botocore's input shape go in, those of
its output shape come out, and an :class:`ApiError` is AWS's error code, message and HTTP status.
"""

from __future__ import annotations

import itertools
import secrets
import string
import threading
import uuid
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol

from lambdactl.sandbox.clock import Clock
from lambdactl.sandbox.errors import ApiError as ApiError
from lambdactl.sandbox.signatures import Key
from lambdactl.sandbox.wire import Call

if TYPE_CHECKING:
    from lambdactl.sandbox.door import Door

ACCOUNT_ID = "000000000000"
REGION = "us-east-1"
ACCESS_KEY_ID = "AKIASANDBOXSANDBOX00"
SECRET_ACCESS_KEY = "made-up-key-of-the-sandbox-opens-nothing"
FUNCTION_KEY_ID = "ASIASANDBOXLAMBDA000"
FUNCTION_KEY = Key("made-up-key-of-a-sandbox-function", "made-up-token-of-a-sandbox-function")
"""What functions sign with."""


class Service(Protocol):
    """A service answers ``CreateAlias`` with its method ``create_alias(params)``."""


def random_text(length: int, alphabet: str = string.ascii_lowercase + string.digits) -> str:
    """An id or a part of a name that nobody can guess, in the letters that AWS takes for it."""
    return "".join(secrets.choice(alphabet) for _ in range(length))


class Account:
    """``services`` maps botocore's service names (``lambda``, ``codedeploy``) to their services.

    ``lock`` guards all state. It is held for the length of a state change, never while code runs in
    a worker and never across a ``yield`` of a process.
    """

    def __init__(
        self,
        clock: Clock,
        make_door: Callable[[Account], Door],
        *,
        account_id: str = ACCOUNT_ID,
        region: str = REGION,
    ) -> None:
        self.id = account_id
        self.region = region
        self.clock = clock
        self.lock = threading.RLock()
        self.endpoint: str | None = None
        """Where the account can be reached over HTTP; set when it listens."""
        self.keys = {ACCESS_KEY_ID: Key(SECRET_ACCESS_KEY), FUNCTION_KEY_ID: FUNCTION_KEY}
        """By access key id; those that STS and IAM give out are added."""
        self.caller: ContextVar[str | None] = ContextVar("caller", default=None)
        """The access key id behind the call in hand; None for one from inside the account."""
        self.services: dict[str, Any] = {}
        self.door = make_door(self)
        """The only entrance: faults, journal, checks."""
        self._serial = itertools.count(1)

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.id}:{resource}"

    def new_id(self) -> str:
        return str(uuid.uuid4())

    def token(self, length: int = 9) -> str:
        """An upper-case id, as CodeDeploy makes them."""
        alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
        return random_text(length, alphabet)

    def call(
        self, service: str, operation: str, params: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """One API call from inside the account, as one of its services makes it.

        ``params`` and the answer are botocore's members; a member that begins with an underscore is
        private between two services. Raises :class:`ApiError` as AWS would answer.
        """
        return self.door.perform(Call(service, operation, dict(params or {})))
