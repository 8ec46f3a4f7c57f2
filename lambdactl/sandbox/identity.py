"""Who am I: the one operation of STS that every session starts with, answered without moto."""

from __future__ import annotations

from typing import Any

from lambdactl.sandbox.account import Account

USER_ID = "AIDASANDBOXSANDBOX00"


class IdentityService:
    """STS GetCallerIdentity; whatever else STS does is behind moto."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def get_caller_identity(self, _params: dict[str, Any]) -> dict[str, Any]:
        account_id = self._account.id
        arn = f"arn:aws:iam::{account_id}:user/sandbox"
        return {"UserId": USER_ID, "Account": account_id, "Arn": arn}
