"""An account that has been lived in: many functions with many versions, made in seconds.

What the API makes one call at a time is laid down here as records. They share what is equal: a
function's settings, and one small zip that stands for all code. Sizes, ages, aliases and pins are
drawn from a seed, so that the same account can be had again::

    seed_fleet(account, functions=1_000, versions=60)
"""

from __future__ import annotations

import base64
import hashlib
import io
import random
import zipfile
from dataclasses import dataclass

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.functions.names import arn_of
from lambdactl.sandbox.functions.records import (
    LATEST,
    Alias,
    Function,
    FunctionVersion,
    Package,
    Provisioned,
)
from lambdactl.sandbox.functions.registry import Registry
from lambdactl.sandbox.functions.settings import first_settings

DAY_S = 86_400.0
CODE = "def handler(event, context):\n    return {'version': context.function_version}\n"
PARTS = {"split": 0.1, "beta": 0.1, "pinned": 0.05, "provisioned": 0.02}
"""How much of the functions has a canary, a second alias with a canary of its own among the old
versions, a version that a mapping names, and one that is provisioned."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """What was made. Versions by number that something other than the newest few needs."""

    functions: int
    versions: int
    size: int
    """Bytes of code storage, ``$LATEST`` included."""
    pinned: tuple[tuple[str, int], ...]
    """(function, version) that an event source mapping or provisioned concurrency names."""
    routed: tuple[tuple[str, int], ...]
    """(function, version) that ``beta`` routes to, on either side."""


def seed_fleet(
    account: Account,
    *,
    functions: int = 1_000,
    versions: int = 60,
    days: float = 365.0,
    seed: int = 1,
    prefix: str = "fleet",
) -> Fleet:
    """``functions`` with ``versions`` each, published over the last ``days``; ``live`` is on the
    newest but one. The account's limit is raised where they do not fit."""
    registry: Registry = account.services["lambda"].registry
    chance = random.Random(seed)
    content = zipped()
    pinned: list[tuple[str, int]] = []
    routed: list[tuple[str, int]] = []
    size = 0
    with account.lock:
        for n in range(functions):
            made = make(account, f"{prefix}-{n:04d}", versions, days, chance, content)
            counted = sum(v.package.counted for v in made.versions())
            size += counted
            registry.storage.limit = max(
                registry.storage.limit, 2 * (registry.storage.used + counted)
            )
            registry.storage.take(counted)
            registry.enlist(made)
            routed += beta(account, made, chance)
            pinned += pins_of(account, registry, made, chance)
    return Fleet(functions, functions * versions, size, tuple(pinned), tuple(routed))


def make(
    account: Account,
    name: str,
    versions: int,
    days: float,
    chance: random.Random,
    content: bytes,
) -> Function:
    role = account.arn("iam", f"role/{name}").replace(f":{account.region}:", "::")
    params = {"Runtime": "python3.13", "Role": role, "Handler": "app.handler"}
    settings = first_settings(name, params, lambda _arns: [])
    now = account.clock.now()
    package = sized(content, name, chance.randrange(200_000, 4_000_000))

    def version(label: str, at: float) -> FunctionVersion:
        return FunctionVersion(label, settings, package, "", at, account.new_id(), "Active")

    function = Function(name, version(LATEST, now - DAY_S), changed=False)
    step = days * DAY_S / max(versions, 1)
    for number in range(1, versions + 1):
        at = now - 2 * DAY_S - (versions - number) * step
        function.published[str(number)] = version(str(number), at)
    function.next_number = versions + 1
    function.aliases["live"] = live(account, versions, chance)
    return function


def live(account: Account, versions: int, chance: random.Random) -> Alias:
    """On the newest version, or on the one before it with the newest as its canary."""
    split = versions > 1 and chance.random() < PARTS["split"]
    stable = versions - 1 if split else versions
    weights = {str(versions): 0.1} if split else {}
    return Alias("live", str(stable), weights, "", account.new_id())


def beta(account: Account, function: Function, chance: random.Random) -> list[tuple[str, int]]:
    """A second alias that nobody has moved for long, in the middle of a canary."""
    numbers = len(function.published)
    if numbers < 4 or chance.random() >= PARTS["beta"]:
        return []
    stable = chance.randint(numbers // 4 + 1, numbers // 2)
    weights = {str(stable - 1): 0.05}
    function.aliases["beta"] = Alias("beta", str(stable), weights, "", account.new_id())
    return [(function.name, stable), (function.name, stable - 1)]


def pins_of(
    account: Account, registry: Registry, function: Function, chance: random.Random
) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    oldest = max(len(function.published) // 2, 1)
    if chance.random() < PARTS["pinned"]:
        number = chance.randint(1, oldest)
        uuid = account.new_id()
        registry.mappings[uuid] = {
            "UUID": uuid,
            "FunctionArn": arn_of(account, function.name, str(number)),
            "EventSourceArn": account.arn("sqs", function.name),
            "State": "Enabled",
            "BatchSize": 10,
        }
        found.append((function.name, number))
    if chance.random() < PARTS["provisioned"]:
        number = chance.randint(1, oldest)
        function.provisioned[str(number)] = Provisioned(1, account.clock.now(), ready=True)
        found.append((function.name, number))
    return found


def sized(content: bytes, name: str, size: int) -> Package:
    """A package that says it is ``size`` bytes and carries the same few as all others."""
    digest = base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()
    return Package(digest, size, content, size)


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", CODE)
    return buffer.getvalue()
