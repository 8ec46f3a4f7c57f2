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
        arn, user_id = whose(self._account, self._account.caller.get())
        return {"UserId": user_id, "Account": self._account.id, "Arn": arn}


def whose(account: Account, key_id: str | None) -> tuple[str, str]:
    """The ARN and the id of the user or the session that a key belongs to."""
    key = account.keys.get(key_id or "")
    arn = key.arn if key and key.arn else f"arn:aws:iam::{account.id}:user/sandbox"
    return arn, key.user_id if key and key.user_id else USER_ID
