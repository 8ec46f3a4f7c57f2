"""Whether an answer arrived whole.

botocore does not compare the body with the length that its head promises: of half a JSON answer it
makes an empty one, and reports success. For a write that is the worst of lies, so an answer that is
too short is a connection that broke off: nobody knows what was done, until somebody looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def check_whole(response_dict: Mapping[str, Any], operation_model: Any = None, **_: Any) -> None:
    """A handler of botocore's ``before-parse``; raises its IncompleteReadError."""
    from botocore.exceptions import IncompleteReadError

    body, headers = response_dict.get("body"), response_dict.get("headers") or {}
    length = headers.get("content-length", "")
    if not isinstance(body, bytes) or not length.isdecimal() or "content-encoding" in headers:
        return
    if operation_model is not None and operation_model.http.get("method") == "HEAD":
        return
    if len(body) < int(length):
        raise IncompleteReadError(actual_bytes=len(body), expected_bytes=length)
