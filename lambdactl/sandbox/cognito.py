"""Cognito, as far as a prune asks it: an account without user pools.

Whoever looks for what names a version reads the user pools, too, for their triggers name functions.
There are none here, and none can be made: everything but the listing is a 501.
"""

from __future__ import annotations

from typing import Any

from lambdactl.sandbox.account import Account


class CognitoService:
    """ListUserPools of an account that has none."""

    def __init__(self, _account: Account) -> None:
        pass

    def list_user_pools(self, _params: dict[str, Any]) -> dict[str, Any]:
        return {"UserPools": []}
