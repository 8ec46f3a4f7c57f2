"""Does the canary get the share of calls that was set? If not, the comparison compares callers.

Lambda draws the version anew for every call, so the canary's calls are binomial with the weight.
The e-value is the likelihood of the calls so far under a Beta mixture of shares, over that under
the weight: as with the verdict, looking again does not make it cry wolf.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lambdactl.verdict.likelihood import Counts

WARNS_AT = 1000.0
PRIOR = 50.0
"""Calls' worth of belief that the share is near the weight: small departures show sooner."""
SHORTEST = 5
"""Where it is not known since when the weight is set, at least so many minutes must disagree."""
MEANING = "callers that bypass the alias, or calls that are throttled"


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """Shares are per cent; ``evidence`` is the e-value against "as set"."""

    set_share: float
    canary_calls: int
    calls: int
    evidence: float

    @property
    def realised(self) -> float:
        return 100.0 * self.canary_calls / self.calls

    @property
    def warns(self) -> bool:
        return self.evidence >= WARNS_AT

    @property
    def text(self) -> str:
        """``canary got 4.1 % of 2,900 calls, set 10 %: callers that bypass ...``."""
        got = f"canary got {self.realised:.3g} % of {self.calls:,} calls, set {self.set_share:g} %"
        return f"{got}: {MEANING}" if self.warns else got


def sample_ratio(
    minutes: Sequence[Counts], weight: float, *, since_known: bool = True
) -> SampleRatio | None:
    """How the calls of ``minutes`` fit ``weight`` per cent, which was set all the while.

    ``since_known`` False: it is not known when the weight was set. Then every time at which it may
    have been is given the benefit of the doubt. None without a call, or with nothing to share out.
    """
    calls = sum(m.canary_calls + m.stable_calls for m in minutes)
    if not calls or not 0.0 < weight < 100.0:
        return None
    starts = [0] if since_known else list(range(max(len(minutes) - SHORTEST, 0) + 1))
    logs = [_log_evidence(minutes[start:], weight / 100.0) for start in starts]
    evidence = math.exp(min(min(logs), 700.0))
    return SampleRatio(weight, sum(m.canary_calls for m in minutes), calls, evidence)


def _log_evidence(minutes: Sequence[Counts], share: float) -> float:
    canary = sum(m.canary_calls for m in minutes)
    stable = sum(m.stable_calls for m in minutes)
    a, b = PRIOR * share, PRIOR * (1.0 - share)
    mixture = _log_beta(a + canary, b + stable) - _log_beta(a, b)
    return mixture - canary * math.log(share) - stable * math.log1p(-share)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
