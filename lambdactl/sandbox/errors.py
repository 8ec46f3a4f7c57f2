"""An error as AWS answers it."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """AWS's code, message and HTTP status; ``members`` are further members of the error shape."""

    def __init__(self, code: str, message: str, status: int = 400, **members: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = members
