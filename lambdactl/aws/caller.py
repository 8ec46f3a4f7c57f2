"""Whose account this is: asked of STS, or remembered from a run before and then confirmed.

An access key belongs to one account for as long as there is one, so the account that a key led to
yesterday is a good guess today, and a client and a call less for a command that makes one call. It
is a guess all the same: no answer leaves the door before an answer of this run has named the
account. Lambda's answers do, in their ARNs; before a call whose answer does not, and before every
write, STS is asked after all. Who is calling, the ARN, is never taken from a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdactl.aws.known_accounts import Known, KnownAccounts
from lambdactl.aws.limiter import of_place
from lambdactl.errors import WrongAccount
from lambdactl.model import Place

if TYPE_CHECKING:
    from lambdactl.aws.door import Door

NAMES_THE_ACCOUNT = frozenset(
    (
        "GetAlias",
        "GetFunction",
        "GetFunctionConfiguration",
        "ListAliases",
        "ListFunctions",
        "ListVersionsByFunction",
    )
)
"""Calls to Lambda whose answers carry the ARN of something that is the caller's own."""
LISTS = ("Aliases", "Versions", "Functions")


class Caller:
    """The account and the caller of one door. ``expects`` is the account that is meant, if any is:
    another one is never believed, only told by STS. ``known`` is where accounts are remembered."""

    def __init__(self, door: Door, known: Path | None, expects: str | None) -> None:
        self._door = door
        self._known = KnownAccounts(known, tell=door.tell) if known else None
        self._expects = expects
        self._key = ""
        self._believed: Known | None = None
        self._confirmed = False

    def place(self) -> Place:
        """The account and region; remembered."""
        return self._door.remembered("place", float("inf"), self._place)

    def arn(self) -> str:
        """Who we are to AWS, from STS; remembered."""
        return self._asked()[1]

    def before(self, service: str, operation: str, *, write: bool) -> None:
        """Where the account is only believed, and this call cannot confirm it: ask STS."""
        if service == "sts" or self._believed is None:
            return
        names = service == "lambda" and operation in NAMES_THE_ACCOUNT
        if write or not (self._confirmed or names):
            self._asked()

    def after(self, service: str, answer: Mapping[str, Any]) -> None:
        """An answer, or a page of one: the first that is not the account's own is not passed on."""
        if service == "sts" or self._believed is None or self._confirmed:
            return
        account = account_in(answer)
        if account is None:
            self._asked()
        else:
            self._compare(account)

    def _place(self) -> Place:
        self._reach()
        found = self._known.of(self._key) if self._known and self._key else None
        if found is None or self._expects not in (None, found.account_id):
            return self._asked()[0]
        self._believed = found
        return self._placed(found)

    def _placed(self, known: Known) -> Place:
        found = Place(
            account_id=known.account_id,
            region=self._door.region or "",
            partition=known.partition,
            endpoint=self._door.foreign_endpoint,
        )
        self._door.buckets = of_place(found, self._door.buckets)
        return found

    def _reach(self) -> None:
        # STS would answer without a region; every other service is asked in one.
        self._door.client("lambda")
        if self._known is not None and not self._key:
            self._key = self._door.whose()

    def _asked(self) -> tuple[Place, str]:
        return self._door.remembered("identity", float("inf"), self._ask)

    def _ask(self) -> tuple[Place, str]:
        self._reach()
        answer = self._door.call("sts", "GetCallerIdentity", "your identity")
        arn: str = answer["Arn"]
        told = Known(answer["Account"], arn.split(":")[1])
        if self._known is not None and self._key:
            self._known.learn(self._key, told)
        self._compare(told.account_id)
        return self._placed(told), arn

    def _compare(self, account: str) -> None:
        """Raises WrongAccount where the account is not the one that was believed."""
        if self._believed is not None and self._believed.account_id != account:
            if self._known is not None:
                self._known.forget(self._key)
            raise WrongAccount(
                f"account {account} answered, not {self._believed.account_id}, to which these"
                " credentials led before",
                why="what was remembered of them is forgotten; nothing of the answer was used",
                hint="the same command again",
            )
        self._confirmed = True


def account_in(answer: Mapping[str, Any]) -> str | None:
    """The account in the first ARN of an answer of Lambda's; None where it has none."""
    first = next((answer[name][0] for name in LISTS if answer.get(name)), answer)
    told = first.get("Configuration", first)
    arn = told.get("AliasArn") or told.get("FunctionArn")
    return arn.split(":")[4] if arn else None
