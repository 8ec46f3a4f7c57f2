"""How often is each judge wrong, and how soon is it right? Simulated rollouts, seeded.

Every judge sees the same simulated minutes and is asked after each of them, as a console that stays
open asks. ``python benchmarks/verdict_simulation.py`` prints the tables of ``docs/verdict.md``;
``--runs`` and ``--seed`` repeat or refine them.

The rivals, each as its users run it:

* ``alarm``: Errors > 0 in two consecutive minutes, on the new version alone;
* ``Fisher``: Fisher's exact test on the totals so far, again every minute, one-sided at 5 %;
* ``Mann-Whitney``: a rank test on the error rate per minute (as Kayenta does), one-sided at 5 %;
* ``sequence``: an asymptotic confidence sequence on the difference of the rates.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist, median

from lambdactl.verdict import Answer, Counts, judge
from lambdactl.verdict.judge import ALPHA

Judge = Callable[[Sequence[Counts]], bool]
"""True when the rollout so far is called worse."""


@dataclass(frozen=True)
class World:
    """One kind of rollout: calls a minute, base error rate, how much worse the canary is."""

    name: str
    calls: int
    rate: float
    times: float = 1.0
    weight: float = 0.1
    minutes: int = 60
    drift: float = 0.0
    outage: float = 0.0
    clump: int = 1
    linear: bool = False


def simulate(world: World, rng: random.Random) -> Iterator[Counts]:
    """The minutes of one rollout."""
    for minute in range(world.minutes):
        weight = min(0.9, 0.1 * (1 + minute // 10)) if world.linear else world.weight
        base = world.rate * (1.0 + world.drift * math.sin(minute / 7.0))
        if world.outage and minute % 20 == 10:
            base = world.outage
        canary = binomial(rng, world.calls, weight)
        stable = world.calls - canary
        yield Counts(
            canary,
            failures(rng, canary, min(1.0, base * world.times), world.clump),
            stable,
            failures(rng, stable, base, world.clump),
        )


def binomial(rng: random.Random, n: int, p: float) -> int:
    return rng.binomialvariate(n, p) if hasattr(rng, "binomialvariate") else _binomial(rng, n, p)


def _binomial(rng: random.Random, n: int, p: float) -> int:
    """By the waiting times between successes: cheap while successes are rare."""
    if p > 0.5:
        return n - _binomial(rng, n, 1.0 - p)
    if p <= 0.0:
        return 0
    scale, hits, position = math.log1p(-p), 0, 0
    while True:
        position += int(math.log(1.0 - rng.random()) / scale) + 1
        if position > n:
            return hits
        hits += 1


def failures(rng: random.Random, calls: int, rate: float, clump: int) -> int:
    """Failed calls that come ``clump`` at a time, ``rate`` of all calls on average."""
    return min(calls, clump * binomial(rng, calls, rate / clump))


# -- the judges ------------------------------------------------------------------------------------


def ours(minutes: Sequence[Counts]) -> bool:
    return judge(minutes).answer is Answer.FAIL


def alarm(minutes: Sequence[Counts]) -> bool:
    last = minutes[-2:]
    return len(last) == 2 and all(m.canary_errors > 0 for m in last)


def fisher(minutes: Sequence[Counts]) -> bool:
    total = Counts(*(sum(column) for column in zip(*minutes, strict=True)))
    return hypergeometric_tail(total) < ALPHA


def hypergeometric_tail(total: Counts) -> float:
    """P(at least that many of the errors fall on the canary), versions equally good."""
    errors = total.canary_errors + total.stable_errors
    if not errors or not total.canary_errors:
        return 1.0
    calls = total.canary_calls + total.stable_calls
    whole = _log_choose(calls, errors)
    tail = 0.0
    for k in range(total.canary_errors, min(errors, total.canary_calls) + 1):
        term = math.exp(
            _log_choose(total.canary_calls, k) + _log_choose(total.stable_calls, errors - k) - whole
        )
        tail += term
        if term < tail * 1e-12:
            break
    return tail


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def mann_whitney(minutes: Sequence[Counts]) -> bool:
    """Normal approximation with ties, on the last hour's points; needs ten of each."""
    canary = [m.canary_errors / m.canary_calls for m in minutes if m.canary_calls]
    stable = [m.stable_errors / m.stable_calls for m in minutes if m.stable_calls]
    n, m = len(canary), len(stable)
    if n < 10 or m < 10:
        return False
    ranks, ties = _ranks(canary + stable)
    statistic = sum(ranks[:n]) - n * (n + 1) / 2
    spread = n * m / 12 * ((n + m + 1) - ties / ((n + m) * (n + m - 1)))
    if spread <= 0:
        return False
    return (statistic - n * m / 2 - 0.5) / math.sqrt(spread) > NormalDist().inv_cdf(1 - ALPHA)


def _ranks(values: Sequence[float]) -> tuple[list[float], float]:
    """Mid-ranks, and the sum of t^3 - t over groups of ties."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks, ties, start = [0.0] * len(values), 0.0, 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for i in order[start : end + 1]:
            ranks[i] = (start + end) / 2 + 1
        ties += (end - start + 1) ** 3 - (end - start + 1)
        start = end + 1
    return ranks, ties


def confidence_sequence(minutes: Sequence[Counts], *, rho: float = 0.05) -> bool:
    """A normal-mixture confidence sequence for the difference of the rates, one-sided."""
    total = Counts(*(sum(column) for column in zip(*minutes, strict=True)))
    if not total.canary_calls or not total.stable_calls:
        return False
    p, q = total.canary_errors / total.canary_calls, total.stable_errors / total.stable_calls
    variance = p * (1 - p) / total.canary_calls + q * (1 - q) / total.stable_calls
    if not variance:
        return False
    n = total.canary_calls + total.stable_calls
    width = math.sqrt(
        variance * (n * rho**2 + 1) / (n * rho**2) * math.log((n * rho**2 + 1) / (4 * ALPHA**2))
    )
    return p - q > width


JUDGES: dict[str, Judge] = {
    "lambdactl": ours,
    "alarm": alarm,
    "Fisher": fisher,
    "Mann-Whitney": mann_whitney,
    "sequence": confidence_sequence,
}


# -- the tables ------------------------------------------------------------------------------------

SAME_CODE = (
    World("60/min, 0.1 %", 60, 0.001),
    World("600/min, 0.1 %", 600, 0.001),
    World("600/min, 1 %", 600, 0.01),
    World("6,000/min, 0.1 %", 6000, 0.001),
    World("600/min, 1 %, 24 h", 600, 0.01, minutes=1440),
    World("600/min, 1 %, drifting x0.1-1.9", 600, 0.01, drift=0.9),
    World("600/min, 1 %, shared outages of 30 %", 600, 0.01, outage=0.3),
    World("600/min, 1 %, weights 10-60 %", 600, 0.01, linear=True),
    World("600/min, 1 %, errors come in 2s", 600, 0.01, clump=2),
    World("600/min, 1 %, errors come in 3s", 600, 0.01, clump=3),
    World("600/min, 1 %, errors come in 10s", 600, 0.01, clump=10),
)
WORSE_CODE = (
    World("60/min, 0.1 %, x10", 60, 0.001, 10),
    World("600/min, 0.1 %, x10", 600, 0.001, 10),
    World("600/min, 1 %, x2", 600, 0.01, 2),
    World("600/min, 1 %, x3", 600, 0.01, 3),
    World("6,000/min, 0.1 %, x3", 6000, 0.001, 3),
)
AT_MARGIN = (
    World("600/min, 1 %, exactly twice as bad", 600, 0.01, 2.0),
    World("6,000/min, 1 %, exactly twice as bad", 6000, 0.01, 2.0),
)


def first_alarm(minutes: Sequence[Counts], verdict: Judge) -> int | None:
    """The minute after which the judge first said worse, counted from 1."""
    return next((n for n in range(1, len(minutes) + 1) if verdict(minutes[:n])), None)


def with_history(world: World, rng: random.Random) -> tuple[list[Counts], list[Counts]]:
    """Half an hour of the stable version alone, and the rollout."""
    alone = World(world.name, world.calls, world.rate, weight=0.0, minutes=30, clump=world.clump)
    return list(simulate(alone, rng)), list(simulate(world, rng))


def detect(world: World, runs: int, seed: int) -> dict[str, list[int | None]]:
    """For each judge, the minute of its first alarm in each run."""
    found: dict[str, list[int | None]] = {name: [] for name in JUDGES}
    rng = random.Random(f"{seed} {world.name}")
    for _ in range(runs):
        before, rollout = with_history(world, rng)
        for name, verdict in JUDGES.items():
            if name == "lambdactl":
                found[name].append(_latching(before, rollout))
            else:
                found[name].append(first_alarm(rollout, verdict))
    return found


def _latching(before: list[Counts], rollout: list[Counts]) -> int | None:
    """FAIL latches, so one look at the end tells whether there was one; then find the minute."""
    if not ours([*before, *rollout]):
        return None
    low, high = 0, len(rollout)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if ours([*before, *rollout[:middle]]) else (middle, high)
    return high


def wrong_pass(world: World, runs: int, seed: int) -> float:
    """Share of runs, of a canary exactly at the margin, that ever said PASS; looks every minute."""
    rng = random.Random(f"{seed} {world.name}")
    wrong = 0
    for _ in range(runs):
        minutes = list(simulate(world, rng))
        looks = (judge(minutes[:n]).answer for n in range(1, len(minutes) + 1))
        wrong += any(answer is Answer.PASS for answer in looks)
    return wrong / runs


def share(minutes: Sequence[int | None]) -> str:
    hits = [m for m in minutes if m is not None]
    per_cent = f"{100 * len(hits) / len(minutes):.1f} %"
    return f"{per_cent} ({median(hits):.0f})" if hits else per_cent


def table(title: str, worlds: Sequence[World], runs: int, seed: int) -> None:
    print(f"\n{title}, {runs} runs, seed {seed}\n")
    print("| rollout | " + " | ".join(JUDGES) + " |")
    print("|---|" + "---|" * len(JUDGES))
    for world in worlds:
        found = detect(world, max(runs // 5, 50) if world.minutes > 60 else runs, seed)
        cells = " | ".join(share(found[name]) for name in JUDGES)
        print(f"| {world.name} | {cells} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    table("Same code: called worse (median minute)", SAME_CODE, options.runs, options.seed)
    table("Worse code: found (median minute)", WORSE_CODE, options.runs, options.seed)
    print("\n| canary at the margin | wrong PASS |\n|---|---|")
    for world in AT_MARGIN:
        print(
            f"| {world.name} | {100 * wrong_pass(world, options.runs // 4, options.seed):.1f} % |"
        )


if __name__ == "__main__":
    main()
