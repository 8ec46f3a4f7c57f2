"""The parts of a look that may fail alone: what could not be read is recorded as unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from lambdactl.errors import CredentialsError, LambdactlError, PermissionDenied
from lambdactl.model import Unread

T = TypeVar("T")


class Parts:
    """``read`` a part; a failure becomes an Unread in ``unread``, and the part its default.

    Credentials that have run out are no partial failure: nothing else would answer either.
    """

    def __init__(self) -> None:
        self.unread: list[Unread] = []

    def read(self, part: str, read: Callable[[], T], default: T) -> T:
        try:
            return read()
        except CredentialsError:
            raise
        except LambdactlError as error:
            self.failed(part, error)
            return default

    def failed(self, part: str, error: LambdactlError) -> None:
        self.unread.append(Unread(part, reason_of(error), error.hint))

    def has_failed(self, part: str) -> bool:
        return any(u.part == part for u in self.unread)


def reason_of(error: LambdactlError) -> str:
    if isinstance(error, PermissionDenied):
        return f"no permission: {error.action}"
    return str(error)
