"""What is in the sandbox and what is not, read off the code itself.

``python -m lambdactl.sandbox.contents`` prints it in Markdown. An operation that is not there
answers 501; a template with another type of resource is refused before anything is made.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from botocore import xform_name

from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.cloudformation.resources import KINDS
from lambdactl.sandbox.door import OURS
from lambdactl.sandbox.open import close_account, open_account
from lambdactl.sandbox.wire.models import service_model

BEHIND_MOTO = ("iam", "logs", "s3", "sns", "sqs", "sts")
"""Services that stacks and functions use and that moto answers for; its others answer, too."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The operations of one service: those that are there, and those that are not."""

    service: str
    there: tuple[str, ...]
    absent: tuple[str, ...]


def contents() -> Iterator[Contents]:
    """Every service of the account's own, by name."""
    account = open_account(ManualClock())
    try:
        for name in sorted(OURS):
            service = account.services[name]
            there: list[str] = []
            absent: list[str] = []
            for operation in service_model(name).operation_names:
                is_there = hasattr(service, xform_name(operation))
                (there if is_there else absent).append(operation)
            yield Contents(name, tuple(there), tuple(absent))
    finally:
        close_account(account)


def lines() -> Iterator[str]:
    """The page's part, in Markdown."""
    yield "| service | operations that are there | and not |"
    yield "|---|---|---|"
    for each in contents():
        there, absent = (" ".join(names) for names in (each.there, each.absent))
        yield f"| {each.service} | {there} | {absent} |"
    behind = ", ".join(BEHIND_MOTO)
    yield f"| {behind} | through [moto](https://github.com/getmoto/moto) | |"
    yield "| iam | SimulatePrincipalPolicy besides, of roles and of the account's own user | |"
    yield "| cognito-idp | ListUserPools, of an account without user pools | all else |"
    yield ""
    types = ", ".join(f"`{name}`" for name in sorted(KINDS))
    yield f"Types of resources in a template, with the SAM transform in front of them: {types}."


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines()) + "\n")
