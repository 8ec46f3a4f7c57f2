"""Code storage: ``$LATEST``, every published version and every layer version count in full."""

from __future__ import annotations

from typing import Any

from lambdactl.sandbox.account import ApiError

DEFAULT_LIMIT = 80_530_636_800
"""75 GB, the long-standing default quota of a region; AWS raises it on request."""
ZIPPED_LIMIT = 52_428_800
UNZIPPED_LIMIT = 262_144_000
CONCURRENCY_LIMIT = 1000


class Storage:
    """Bytes used and allowed. Set ``limit`` to rehearse an account that is full."""

    def __init__(self) -> None:
        self.limit = DEFAULT_LIMIT
        self.used = 0

    def take(self, size: int) -> None:
        """Count ``size`` more bytes, or refuse as AWS does when they do not fit."""
        if self.used + size > self.limit:
            raise ApiError(
                "CodeStorageExceededException", "Code storage limit exceeded.", 400, Type="User"
            )
        self.used += size

    def give_back(self, size: int) -> None:
        self.used -= size

    def exchange(self, old: int, new: int) -> None:
        """Replace a copy of ``old`` bytes by one of ``new``."""
        self.take(new - old)

    def limits(self, reserved: int) -> dict[str, Any]:
        """GetAccountSettings' AccountLimit, where ``reserved`` executions are set apart."""
        return {
            "TotalCodeSize": self.limit,
            "CodeSizeUnzipped": UNZIPPED_LIMIT,
            "CodeSizeZipped": ZIPPED_LIMIT,
            "ConcurrentExecutions": CONCURRENCY_LIMIT,
            "UnreservedConcurrentExecutions": CONCURRENCY_LIMIT - reserved,
        }
