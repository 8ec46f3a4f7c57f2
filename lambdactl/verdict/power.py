"""Before the rollout: can this deployment config see a bad canary before it has all traffic?

A rollout is played some hundred times, with paces of traffic taken evenly from the past week, and
judged as :mod:`~lambdactl.verdict.judge` judges it. Errors are rare, so the table of a minute is
told by its errors alone: of the failed calls of a minute, a canary with weight w and r times the
odds has the share w r / (w r + 1 - w), and the minute's likelihood ratio is
r^e_c / (w r + 1 - w)^K. Where every tenth call fails anyway, that sees somewhat less than the exact
judge does, never more. Seeded, so the same week gives the same answer.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

from lambdactl.model import DeploymentConfig
from lambdactl.model_history import Traffic
from lambdactl.verdict.draws import binomial, poisson
from lambdactl.verdict.evidence import WORSE
from lambdactl.verdict.judge import ALPHA

RUNS = 240
LOOKS = 24
"""At most so many looks to a rollout: evidence between two looks is not lost, it only adds up."""
LAG_MIN = 2.0
"""Minutes stamped later than this before the last step cannot be judged in time: CloudWatch is a
minute late, and a minute is judged when it is over."""
ENOUGH = 80.0
"""Per cent of rollouts from which on a canary counts as seen."""
TIMES = 3.0
RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
"""Per cent; the error rates of a canary among which the smallest visible one is looked for."""
HISTORY_MIN = 30
"""Minutes of the stable version by which the judge knows how errors clump."""
POISSON_UP_TO = 0.02
"""Share of failed calls up to which their number is drawn at once."""

PREFIX = "CodeDeployDefault.Lambda"
PRESETS = (
    *(
        DeploymentConfig(f"{PREFIX}Canary10Percent{n}Minutes", "TimeBasedCanary", 10.0, n)
        for n in (5, 10, 15, 30)
    ),
    *(
        DeploymentConfig(
            f"{PREFIX}Linear10PercentEvery{n}Minute{'s' * (n > 1)}", "TimeBasedLinear", 10.0, n
        )
        for n in (1, 2, 3, 10)
    ),
    DeploymentConfig(f"{PREFIX}AllAtOnce", "AllAtOnce"),
)
"""The deployment configs that CodeDeploy brings for Lambda."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one deployment config can see before it gives the canary all traffic."""

    config: DeploymentConfig
    minutes: float
    """Until the canary has all traffic."""
    canary_calls: float
    """Calls to the canary until then, at the week's median traffic."""
    seen: float | None
    """Per cent of rollouts in which the bad canary would be called FAIL in time; None where the
    stable version's error rate is not known."""
    smallest: float | None = None
    """The canary's error rate, per cent, that is seen in ``ENOUGH`` per cent of rollouts."""

    @property
    def name(self) -> str:
        return self.config.name.removeprefix(PREFIX)

    @property
    def bound(self) -> float | None:
        """Per cent that the error rate may still be when none of those calls failed.

        The rule of three, at 95 %; None where the canary gets fewer than three calls, for then it
        may be anything.
        """
        return 300.0 / self.canary_calls if self.canary_calls >= 3.0 else None

    @property
    def enough(self) -> bool:
        return self.seen is not None and self.seen >= ENOUGH


@dataclass(frozen=True, slots=True)
class Outlook:
    """The forecast for one alias. ``unknown`` says why there is none; it is never good news."""

    times: float
    rate: float | None = None
    """The stable version's error rate, per cent; None without a failed call, or without data."""
    traffic: Traffic | None = None
    chosen: Sight | None = None
    others: tuple[Sight, ...] = ()
    unknown: str | None = None

    @property
    def advised(self) -> Sight | None:
        """The quickest other config that sees it; None where none does."""
        able = [f for f in self.others if f.enough]
        return min(able, key=lambda f: f.minutes) if able else None


def outlook(
    traffic: Traffic,
    config: DeploymentConfig,
    *,
    times: float = TIMES,
    rate: float | None = None,
    others: Sequence[DeploymentConfig] = PRESETS,
) -> Outlook:
    """What ``config`` and ``others`` would see of a canary that fails ``times`` as often.

    ``rate`` is the stable version's error rate in per cent; None takes the week's.
    """
    if not traffic.calls:
        return Outlook(times, traffic=traffic, unknown="no calls in the past week")
    base = rate if rate is not None else traffic.error_rate or None
    asked = Asked(paces(traffic), base, times)
    rest = (c for c in others if c.name != config.name)
    chosen = sight(config, asked, thorough=True)
    return Outlook(times, base, traffic, chosen, tuple(sight(c, asked) for c in rest))


@dataclass(frozen=True, slots=True)
class Asked:
    """``paces`` are calls a minute, one to each run; ``rate`` is per cent."""

    paces: tuple[float, ...]
    rate: float | None
    times: float


def paces(traffic: Traffic) -> tuple[float, ...]:
    """Calls a minute, taken evenly from the week's periods in order of size: one for each run."""
    ordered = sorted(traffic.calls_per_minute)
    return tuple(ordered[(2 * n + 1) * len(ordered) // (2 * RUNS)] for n in range(RUNS))


def sight(config: DeploymentConfig, asked: Asked, *, thorough: bool = False) -> Sight:
    """One config's; ``thorough`` also looks for the smallest error rate that it sees."""
    seen = None
    if asked.rate is not None:
        seen = share_seen(config, asked.paces, asked.rate, min(asked.rate * asked.times, 100.0))
    weighted = sum(minutes * weight for minutes, weight in stages(config)) / 100.0
    return Sight(
        config,
        minutes=config.steps()[-1][0] / 60.0,
        canary_calls=weighted * median(asked.paces),
        seen=seen,
        smallest=smallest_seen(config, asked) if thorough else None,
    )


def smallest_seen(config: DeploymentConfig, asked: Asked) -> float | None:
    """By bisection over ``RATES``: a worse canary is never seen less often."""
    base = asked.rate or 0.0
    rates = [r for r in RATES if r > base]
    low, high = 0, len(rates)
    while low < high:
        middle = (low + high) // 2
        if share_seen(config, asked.paces, base, rates[middle]) >= ENOUGH:
            high = middle
        else:
            low = middle + 1
    return rates[low] if low < len(rates) else None


def stages(config: DeploymentConfig) -> Iterator[tuple[float, float]]:
    """(minutes, canary's weight in per cent) of every stage before the canary has all traffic."""
    for (start, weight), (end, _) in itertools.pairwise(config.steps()):
        yield (end - start) / 60.0, weight


def looks(config: DeploymentConfig) -> list[tuple[float, float]]:
    """(minutes, weight as a share) between two looks, without those that settle too late."""
    left = sum(minutes for minutes, _ in stages(config)) - LAG_MIN
    block = max(1.0, left / LOOKS)
    found = []
    for minutes, weight in stages(config):
        rest = min(minutes, left)
        left -= minutes
        while rest > 1e-9:
            found.append((min(block, rest), weight / 100.0))
            rest -= block
    return found


@lru_cache(maxsize=512)
def share_seen(
    config: DeploymentConfig, calls_per_minute: tuple[float, ...], stable: float, canary: float
) -> float:
    """Per cent of the runs in which the judge says FAIL in time; rates are per cent."""
    rng = random.Random(f"{config.name} {stable} {canary}")
    between = looks(config)
    rates = (stable / 100.0, canary / 100.0)
    hits = sum(fails(rng, between, calls, rates) for calls in calls_per_minute)
    return 100.0 * hits / len(calls_per_minute)


def fails(
    rng: random.Random,
    between: Sequence[tuple[float, float]],
    calls_per_minute: float,
    rates: tuple[float, float],
) -> bool:
    """One rollout: whether its evidence reaches the bar at any look."""
    clump = guarded(rng, calls_per_minute * rates[0])
    logs = [0.0] * len(WORSE)
    for minutes, weight in between:
        calls = calls_per_minute * minutes
        stable = failures(rng, calls * (1.0 - weight), rates[0])
        canary = failures(rng, calls * weight, rates[1])
        for n, ratio in enumerate(WORSE):
            mixed = math.log(weight * ratio + 1.0 - weight)
            logs[n] += (canary * math.log(ratio) - (stable + canary) * mixed) / clump
        if canary and is_over(logs):
            return True
    return False


def failures(rng: random.Random, calls: float, rate: float) -> int:
    """How many of some ``calls`` fail."""
    if rate <= POISSON_UP_TO:
        return poisson(rng, calls * rate)
    return binomial(rng, poisson(rng, calls), rate)


def guarded(rng: random.Random, errors_per_minute: float) -> float:
    """What the clumping guard divides by when errors come alone: one, give or take its noise."""
    minutes = [poisson(rng, errors_per_minute) for _ in range(HISTORY_MIN)]
    mean = sum(minutes) / HISTORY_MIN
    if not mean:
        return 1.0
    return max(1.0, sum((k - mean) ** 2 for k in minutes) / mean / (HISTORY_MIN - 1))


def is_over(logs: Sequence[float]) -> bool:
    """Whether the mean of the likelihood ratios has reached 1 / alpha."""
    bar = math.log(len(logs) / ALPHA)
    top = max(logs)
    if top >= bar:
        return True
    return top > -math.log(ALPHA) and sum(math.exp(x) for x in logs) >= len(logs) / ALPHA
