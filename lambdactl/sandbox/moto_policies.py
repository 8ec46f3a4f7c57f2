"""Bucket policies with conditions, which moto reads as refusals.

moto evaluates a bucket's policy without knowing anything of the request, so that a condition is
never met and a statement with one denies everything, even where it would allow. The policy that
the SAM CLI puts on its bucket, which denies requests without TLS, would then deny every upload.
Here a statement with a condition decides nothing: the loopback stands for TLS, and of the rest of
a request a sandbox without IAM knows nothing.
"""

from __future__ import annotations

import json
from typing import Any


def heed_conditions() -> None:
    """Teach moto's S3; to be called once S3 is loaded. Calling it again does no harm."""
    from moto.s3.models import FakeBucket

    FakeBucket.get_permission = _permission


def _permission(bucket: Any, action: str, resource: str) -> Any:
    from moto.iam.access_control import IAMPolicy, PermissionResult

    statements = _unconditional(bucket.policy)
    if not statements:
        return PermissionResult.NEUTRAL
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return IAMPolicy(policy).is_action_permitted(action, resource)


def _unconditional(policy: bytes | None) -> list[Any]:
    listed = json.loads(policy)["Statement"] if policy else []
    statements = listed if isinstance(listed, list) else [listed]
    return [statement for statement in statements if "Condition" not in statement]
