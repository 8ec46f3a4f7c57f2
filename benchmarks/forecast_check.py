"""What can each preset see, and does the forecast say what the judge then does?

``python benchmarks/forecast_check.py`` prints the table of ``docs/verdict.md``: for each preset and
traffic the forecast of ``lambdactl plan``, and in brackets the share of simulated rollouts that the
judge itself, looking after every minute, calls FAIL before the canary has all traffic.
"""

from __future__ import annotations

import argparse
import random

from lambdactl.model import DeploymentConfig
from lambdactl.verdict import Answer, Counts, judge
from lambdactl.verdict.draws import binomial
from lambdactl.verdict.power import HISTORY_MIN, LAG_MIN, PREFIX, PRESETS, RUNS, share_seen, stages

RATE = 0.001
TIMES = 3.0
CALLS = (60, 600, 6000)


def rollout(config: DeploymentConfig, calls: int, rng: random.Random) -> list[Counts]:
    """Half an hour of the stable version alone, and the minutes that settle in time."""
    minutes = [Counts(0, 0, calls, binomial(rng, calls, RATE)) for _ in range(HISTORY_MIN)]
    for length, weight in stages(config):
        for _ in range(round(length)):
            canary = binomial(rng, calls, weight / 100.0)
            stable = calls - canary
            failed = binomial(rng, canary, RATE * TIMES), binomial(rng, stable, RATE)
            minutes.append(Counts(canary, failed[0], stable, failed[1]))
    return minutes[: -round(LAG_MIN)]


def judged(config: DeploymentConfig, calls: int, runs: int, seed: int) -> float:
    """Per cent of rollouts that end in FAIL."""
    rng = random.Random(f"{seed} {config.name} {calls}")
    answers = (judge(rollout(config, calls, rng)).answer for _ in range(runs))
    return 100.0 * sum(answer is Answer.FAIL for answer in answers) / runs


def foreseen(config: DeploymentConfig, calls: int) -> float:
    return share_seen(config, (float(calls),) * RUNS, 100.0 * RATE, 100.0 * RATE * TIMES)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print("| preset | " + " | ".join(f"{calls:,} calls/min" for calls in CALLS) + " |")
    print("|---|" + "---|" * len(CALLS))
    for config in (c for c in PRESETS if c.type != "AllAtOnce"):
        cells = (
            f"{foreseen(config, n):.0f} % ({judged(config, n, options.runs, options.seed):.0f} %)"
            for n in CALLS
        )
        print(f"| {config.name.removeprefix(PREFIX)} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
