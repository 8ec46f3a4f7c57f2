"""How often is each judge wrong, and how soon is it right? Simulated rollouts, seeded.

Every judge sees the same simulated minutes and is asked after each of them, as a console that stays
open asks. ``python benchmarks/verdict_simulation.py --write`` puts the tables into
``docs/verdict.md``, without ``--write`` it prints them; ``--runs`` and ``--seed`` repeat or refine.

The rivals, each as its users run it:

* ``alarm``: Errors > 0 in two consecutive minutes, on the new version alone;
* ``Fisher``: Fisher's exact test on the totals so far, again every minute, one-sided at 5 %;
* ``Mann-Whitney``: a rank test on the error rate of each of the last 60 minutes (as Kayenta does),
  one-sided at 5 %;
* ``sequence``: an asymptotic confidence sequence on the difference of the rates.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist, median

from lambdactl.verdict import Counts, judge
from lambdactl.verdict.judge import ALPHA

Judge = Callable[[Sequence[Counts], Counts], bool]
"""True when the rollout so far, its minutes and their sum, is called worse."""


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


def ours(before: Sequence[Counts], rollout: Sequence[Counts]) -> int | None:
    """The minute after which the answer became FAIL; it latches, so one look at the end tells."""
    verdict = judge([*before, *rollout])
    if verdict.failed_at is None:
        return None
    return verdict.minutes.index(verdict.failed_at) - len(before) + 1


def alarm(minutes: Sequence[Counts], _total: Counts) -> bool:
    last = minutes[-2:]
    return len(last) == 2 and all(m.canary_errors > 0 for m in last)


def fisher(_minutes: Sequence[Counts], total: Counts) -> bool:
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


def mann_whitney(minutes: Sequence[Counts], _total: Counts) -> bool:
    """Normal approximation with ties, on the last hour's points; needs ten of each."""
    minutes = minutes[-60:]
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


def confidence_sequence(_minutes: Sequence[Counts], total: Counts, *, rho: float = 0.05) -> bool:
    """A normal-mixture confidence sequence for the difference of the rates, one-sided."""
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


RIVALS: dict[str, Judge] = {
    "alarm": alarm,
    "Fisher": fisher,
    "Mann-Whitney": mann_whitney,
    "sequence": confidence_sequence,
}
JUDGES = ("lambdactl", *RIVALS)


# -- the tables ------------------------------------------------------------------------------------

SAME_CODE = (
    World("60/min, 0.1 %", 60, 0.001),
    World("600/min, 0.1 %", 600, 0.001),
    World("600/min, 1 %", 600, 0.01),
    World("6,000/min, 0.1 %", 6000, 0.001),
    World("600/min, 1 %, 24 h", 600, 0.01, minutes=1440),
    World("600/min, 1 %, drifting x0.1-1.9", 600, 0.01, drift=0.9),
    World("600/min, 1 %, drifting, 24 h", 600, 0.01, drift=0.9, minutes=1440),
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
    World("600/min, 1 %, drifting, exactly twice as bad", 600, 0.01, 2.0, drift=0.9),
    World("600/min, 1 %, weights 10-60 %, exactly twice as bad", 600, 0.01, 2.0, linear=True),
)
AS_GOOD = (
    World("600/min, 1 %, as good", 600, 0.01),
    World("6,000/min, 1 %, as good", 6000, 0.01),
)
COVERED = (
    World("600/min, 1 %, as good", 600, 0.01),
    World("600/min, 1 %, x3", 600, 0.01, 3),
    World("6,000/min, 1 %, as good, weights 10-60 %", 6000, 0.01, linear=True),
    World("600/min, 1 %, drifting, x2", 600, 0.01, 2, drift=0.9),
)


def first_alarm(minutes: Sequence[Counts], verdict: Judge) -> int | None:
    """The minute after which the judge first said worse, counted from 1."""
    total = (0, 0, 0, 0)
    for n, minute in enumerate(minutes, 1):
        total = tuple(a + b for a, b in zip(total, minute, strict=True))  # type: ignore[assignment]
        if verdict(minutes[:n], Counts(*total)):
            return n
    return None


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
        found["lambdactl"].append(ours(before, rollout))
        for name, verdict in RIVALS.items():
            found[name].append(first_alarm(rollout, verdict))
    return found


def first_pass(world: World, runs: int, seed: int) -> list[int | None]:
    """The minute of the first PASS in each run, looked at every minute."""
    rng = random.Random(f"{seed} {world.name}")
    found: list[int | None] = []
    for _ in range(runs):
        verdict = judge(list(simulate(world, rng)))
        passed = (n for n, w in enumerate(verdict.minutes, 1) if w.clearance >= verdict.passes_at)
        found.append(next(passed, None))
    return found


def ever_missed(world: World, runs: int, seed: int) -> float:
    """Share of runs in which the interval, at any look, did not hold the true odds ratio."""
    rng = random.Random(f"{seed} {world.name}")
    missed = 0
    for _ in range(runs):
        minutes = list(simulate(world, rng))
        looks = (judge(minutes[:n]).odds_ratio for n in range(1, len(minutes) + 1))
        missed += any(known and not known[0] < odds_ratio(world) < known[1] for known in looks)
    return missed / runs


def odds_ratio(world: World) -> float:
    """The odds ratio at the base rate: drifting, it drifts by less than a per cent."""
    canary = world.rate * world.times
    return canary / (1.0 - canary) / (world.rate / (1.0 - world.rate))


def share(minutes: Sequence[int | None]) -> str:
    hits = [m for m in minutes if m is not None]
    per_cent = f"{100 * len(hits) / len(minutes):.1f} %"
    return f"{per_cent} ({median(hits):.0f})" if hits else per_cent


def table(title: str, worlds: Sequence[World], runs: int, seed: int) -> Iterator[str]:
    yield f"### {title} ({runs} rollouts, seed {seed})\n"
    yield "| rollout | " + " | ".join(JUDGES) + " |"
    yield "|---|" + "---|" * len(JUDGES)
    for world in worlds:
        found = detect(world, max(runs // 5, 50) if world.minutes > 60 else runs, seed)
        yield f"| {world.name} | " + " | ".join(share(found[name]) for name in JUDGES) + " |"


def tables(runs: int, seed: int) -> Iterator[str]:
    yield from table("The same code: how often it is called worse", SAME_CODE, runs, seed)
    yield ""
    yield from table("Worse code: how often, and how soon, it is found", WORSE_CODE, runs, seed)
    yield f"\n### PASS: how often, and how soon ({runs} rollouts, seed {seed})\n"
    yield "| canary | PASS |\n|---|---|"
    for world in (*AT_MARGIN, *AS_GOOD):
        yield f"| {world.name} | {share(first_pass(world, runs, seed))} |"
    yield f"\n### The interval: how often it ever misses the truth ({runs} rollouts, seed {seed})\n"
    yield "| canary | missed at any of 60 looks |\n|---|---|"
    for world in COVERED:
        yield f"| {world.name} | {100 * ever_missed(world, runs, seed):.1f} % |"


DOCUMENT = Path(__file__).parent.parent / "docs" / "verdict.md"
BEGIN, END = "<!-- simulated: begin -->", "<!-- simulated: end -->"


def write(lines: Sequence[str]) -> None:
    """Put the tables where the document has its marks."""
    text = DOCUMENT.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    told = "\n".join([BEGIN, "", *lines, "", END])
    DOCUMENT.write_text(f"{head}{told}{tail}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="into docs/verdict.md")
    options = parser.parse_args()
    lines = []
    for line in tables(options.runs, options.seed):
        print(line, flush=True)
        lines.append(line)
    if options.write:
        write(lines)


if __name__ == "__main__":
    main()
