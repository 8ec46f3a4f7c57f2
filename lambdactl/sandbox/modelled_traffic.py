"""Traffic for a whole fleet: a month of metrics for every alias, without a call being made.

The metrics go on as the account's clock goes, and follow an alias that is moved: the versions that
it routes to from then on have the calls from then on.
"""

from __future__ import annotations

import random

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.cloudwatch import CloudWatchService
from lambdactl.sandbox.cloudwatch.modelled import Flow, Stint
from lambdactl.sandbox.functions import LambdaService
from lambdactl.sandbox.functions.records import LATEST, Alias, Function

DAY_S = 86_400.0


def model_traffic(
    account: Account, *, alias: str = "live", days: float = 30.0, seed: int = 1
) -> int:
    """Give every function that has ``alias`` the traffic of the last ``days``: each version had
    all calls from its publishing until the next one's, then what the alias gives it now.

    Returns how many functions now have modelled traffic.
    """
    service: LambdaService = account.services["lambda"]
    watch: CloudWatchService = account.services["cloudwatch"]
    modelled = watch.store.modelled
    chance, count = random.Random(seed), 0
    with account.lock:
        if modelled.move not in service.registry.moved:
            service.registry.moved.append(modelled.move)
        for function in service.registry.functions.values():
            if found := function.aliases.get(alias):
                modelled.put(_flow(account, function, found, days, chance))
                count += 1
    return count


def _flow(
    account: Account, function: Function, alias: Alias, days: float, chance: random.Random
) -> Flow:
    now = account.clock.now()
    begin = now - days * DAY_S
    stints = _stints(function, alias, begin, now)
    return Flow(
        function.name,
        alias.name,
        per_minute=round(10 ** chance.uniform(-0.5, 2.5), 2),
        stints=stints,
        failing=chance.choice((0.0, 0.001, 0.005)),
        duration_ms=round(10 ** chance.uniform(1.0, 3.0), 1),
        seed=chance.randrange(1 << 32),
    )


def _stints(function: Function, alias: Alias, begin: float, now: float) -> tuple[Stint, ...]:
    """The past of an alias, as far as the publishing of its versions tells it."""
    shares = {v: s for v, s in alias.shares.items() if s > 0 and v != LATEST}
    stable = function.published.get(alias.version)
    past = [
        version
        for version in function.published.values()
        if stable is not None and version.modified <= stable.modified
    ]
    canary = [function.published[v].modified for v in alias.weights if v in function.published]
    split = min([max([begin, *canary]), now])
    ends = [version.modified for version in past[1:]] + [split]
    earlier = (
        Stint(version.label, 1.0, max(version.modified, begin), min(end, split))
        for version, end in zip(past, ends, strict=False)
        if end > begin
    )
    return (*earlier, *(Stint(version, share, split) for version, share in shares.items()))
