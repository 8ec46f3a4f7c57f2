"""What a minute of data costs the judge, beside a plain loop that adds up numbers.

``python benchmarks/verdict_cost.py`` prints milliseconds per minute of data and their ratio to the
loop, for traffic from 600 to 10 million calls a minute, and what one more minute costs a console
that has judged a whole day already.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

from verdict_simulation import World, simulate

from lambdactl.verdict import Counts, judge
from lambdactl.verdict.evidence import Evidence
from lambdactl.verdict.judge import ALPHA, MARGIN
from lambdactl.verdict.likelihood import log_likelihood

LOOP = 10_000
WORLDS = (
    World("600 calls/min, 1 % fail", 600, 0.01),
    World("6,000 calls/min, 1 % fail", 6_000, 0.01),
    World("100,000 calls/min, 1 % fail", 100_000, 0.01),
    World("1,000,000 calls/min, 0.1 % fail", 1_000_000, 0.001),
    World("1,000,000 calls/min, 10 % fail", 1_000_000, 0.1),
    World("10,000,000 calls/min, 10 % fail", 10_000_000, 0.1),
    World("600 calls/min, 1 % fail, 24 h", 600, 0.01, minutes=1_440),
)


def plain_loop() -> float:
    """So long does it take here to add up ten thousand numbers."""
    total = 0.0
    for n in range(LOOP):
        total += n * 0.5
    return total


def seconds(work: Callable[[], object], times: int) -> float:
    """The best of ``times``: what disturbs a measurement only ever adds to it."""
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best


def weigh(minutes: Sequence[Counts]) -> None:
    """From nothing: neither the judge's memory nor the likelihoods' helps."""
    log_likelihood.cache_clear()
    evidence = Evidence(ALPHA, MARGIN)
    for minute in minutes:
        evidence.see(minute)


def look_again(minutes: Sequence[Counts]) -> float:
    """One more minute, for whoever has judged all before it."""
    judge(minutes[:-1])
    return seconds(lambda: judge(minutes), 1)


def main() -> None:
    loop = seconds(plain_loop, 50)
    print(f"adding up {LOOP:,} numbers takes {1000 * loop:.3f} ms\n")
    print("| data | ms per minute of data | loops | one more minute, ms |")
    print("|---|---|---|---|")
    for world in WORLDS:
        minutes = list(simulate(world, random.Random(1)))
        each = seconds(lambda m=minutes: weigh(m), 3) / len(minutes)  # type: ignore[misc]
        again = look_again(minutes)
        print(
            f"| {world.name} | {1000 * each:.2f} | {each / loop:.2f} | {1000 * again:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
