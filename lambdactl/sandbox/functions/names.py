"""A function's name as callers write it: bare, with a qualifier, or as a whole or partial ARN."""

from __future__ import annotations

import re
from typing import NamedTuple

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.functions.refusals import invalid, not_found

_NAME = re.compile(
    r"(?:arn:[\w-]+:lambda:)?"
    r"(?:(?P<region>[a-z]{2}(?:-[a-z]+)+-\d):)?"
    r"(?:(?P<account>\d{12}):)?"
    r"(?:function:)?"
    r"(?P<name>[\w-]+)"
    r"(?::(?P<qualifier>\$LATEST(?:\.PUBLISHED)?|[\w-]+))?"
)
_MISMATCH = "The derived qualifier from the function name does not match the specified qualifier."


class Name(NamedTuple):
    """``qualifier`` is a version number, ``$LATEST``, an alias, or None where none was given."""

    function: str
    qualifier: str | None


def read_name(account: Account, text: str, qualifier: str | None = None) -> Name:
    """The function and qualifier that ``text`` and ``qualifier`` name together."""
    found = _NAME.fullmatch(text)
    if found is None:
        raise invalid(f"Invalid function name: {text}")
    region = found["region"]
    if region and region != account.region:
        raise not_found(
            f"Functions from '{region}' are not reachable in this region ('{account.region}')"
        )
    derived = found["qualifier"]
    if derived and qualifier and derived != qualifier:
        raise invalid(_MISMATCH)
    return Name(found["name"], qualifier or derived or None)


def arn_of(account: Account, function: str, qualifier: str | None = None) -> str:
    suffix = f":{qualifier}" if qualifier else ""
    return account.arn("lambda", f"function:{function}{suffix}")


def is_version(qualifier: str) -> bool:
    """``7`` is a version, ``live`` an alias, ``$LATEST`` neither."""
    return qualifier.isdigit()


def is_alias(qualifier: str) -> bool:
    return not qualifier.isdigit() and not qualifier.startswith("$")
