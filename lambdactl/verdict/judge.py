"""The judge: counts in; PASS, FAIL, INCONCLUSIVE or NOT MEASURED out, with the numbers.

An exact sequential test on each minute's 2x2 table. Evidence that the canary is worse is the mean,
over a fixed grid of odds ratios, of the likelihood of all minutes against "equally good". By
Ville's inequality the chance that it ever reaches 1/alpha while both versions are equally good is
at most alpha, however often anybody looks. PASS is the same machine against "worse by the margin",
with a grid below it. What is neither is INCONCLUSIVE.

A console judges the same rollout every few seconds, one minute longer now and then. What was
weighed is remembered, so a look costs the new minutes only; the answer is the same without it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from lambdactl.verdict.clumping import clump_sizes
from lambdactl.verdict.evidence import BETTER, WORSE, Evidence
from lambdactl.verdict.forecast import Missing, more_calls
from lambdactl.verdict.likelihood import Counts
from lambdactl.verdict.sample_ratio import SampleRatio

__all__ = [
    "Answer", "Earlier", "Verdict", "Weighed", "clump_sizes", "judge", "judge_functions",
    "judge_metrics",
]  # fmt: skip

ALPHA = 0.05
BETA = 0.05
MARGIN = 2.0
"""The odds ratio that a PASS rules out."""


class Answer(StrEnum):
    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_MEASURED = "NOT MEASURED"


class Weighed(NamedTuple):
    """One settled minute and what was known after it."""

    counts: Counts
    clump: float
    evidence: float
    clearance: float
    start: datetime | None = None


class Earlier(NamedTuple):
    """A split of the same two versions before the one that is judged."""

    calls: int
    """The canary's, which are no evidence now."""
    failed: Weighed | None = None
    """The minute after which it was FAIL; None where it was not."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``evidence`` is the e-value for "worse" (FAIL at ``fails_at``), ``clearance`` the one for
    "not worse by the margin" (PASS at ``passes_at``). Rates are per cent, None without a call."""

    answer: Answer
    canary_calls: int = 0
    canary_errors: int = 0
    stable_calls: int = 0
    stable_errors: int = 0
    evidence: float = 1.0
    clearance: float = 1.0
    clump: float = 1.0
    """How many errors come at a time, by the stable version's minutes; 1 when they come alone."""
    odds_ratio: tuple[float, float] | None = None
    """95 % interval of the odds ratio, valid at any time; None without evidence either way."""
    more_calls: int | None = None
    """Canary calls still missing at the present rates; None where they cannot be foretold."""
    reason: str | None = None
    """Why it could not be measured; None unless NOT MEASURED."""
    of: tuple[object, ...] = ()
    """Which rollout this is about: FAIL latches for as long as it is the same one."""
    fails_at: float = 1.0 / ALPHA
    passes_at: float = 1.0 / BETA
    margin: float = MARGIN
    missing: Missing | None = None
    """``more_calls`` in minutes, at the present weight and at the next one."""
    sample_ratio: SampleRatio | None = None
    """The realised share of the canary against the set weight; None where none was set."""
    minutes: tuple[Weighed, ...] = ()
    """What was judged, oldest first."""
    since: datetime | None = None
    """When the split began whose calls are evidence; None where it is not known, so that all count,
    and where it has not begun yet, so that none do."""
    earlier: Earlier | None = None
    """What those of a split before it came to; None where there were none."""

    @property
    def canary_rate(self) -> float | None:
        return 100.0 * self.canary_errors / self.canary_calls if self.canary_calls else None

    @property
    def stable_rate(self) -> float | None:
        return 100.0 * self.stable_errors / self.stable_calls if self.stable_calls else None

    @property
    def canary_bound(self) -> float | None:
        """Per cent that a canary with no failed call stays below, with 95 % confidence."""
        if not self.canary_calls or self.canary_errors:
            return None
        return 100.0 * (1.0 - float(ALPHA ** (1.0 / self.canary_calls)))

    @property
    def failed_at(self) -> Weighed | None:
        """The minute after which the evidence first reached the bar."""
        return next((w for w in self.minutes if w.evidence >= self.fails_at), None)


def judge(
    minutes: Sequence[Counts],
    *,
    margin: float = MARGIN,
    alpha: float = ALPHA,
    beta: float = BETA,
) -> Verdict:
    """Judge the settled minutes of a rollout, oldest first.

    Minutes before the canary had calls do not count as evidence, but they show how errors clump.
    """
    record = _recorded(tuple(minutes), margin, alpha)
    counted = [m for m in minutes if m.canary_calls]
    verdict = Verdict(
        answer=Answer.INCONCLUSIVE,
        canary_calls=sum(m.canary_calls for m in minutes),
        canary_errors=sum(m.canary_errors for m in minutes),
        stable_calls=sum(m.stable_calls for m in counted),
        stable_errors=sum(m.stable_errors for m in counted),
        evidence=record.weighed[-1].evidence if minutes else 1.0,
        clearance=record.weighed[-1].clearance if minutes else 1.0,
        clump=max((w.clump for w in record.weighed), default=1.0),
        odds_ratio=record.interval,
        fails_at=1.0 / alpha,
        passes_at=1.0 / beta,
        margin=margin,
        minutes=record.weighed,
    )
    first = verdict.failed_at
    if first is not None:
        # FAIL latches: later good minutes do not take it back.
        return replace(verdict, answer=Answer.FAIL, evidence=first.evidence)
    if verdict.clearance >= verdict.passes_at:
        return replace(verdict, answer=Answer.PASS)
    bars = (
        (verdict.evidence, WORSE, 1.0, verdict.fails_at),
        (verdict.clearance, BETTER, margin, verdict.passes_at),
    )
    return replace(verdict, more_calls=more_calls(record.told, bars))


def judge_metrics(
    metrics: Mapping[str, Sequence[Counts]], *, margin: float = MARGIN
) -> tuple[Answer, dict[str, Verdict]]:
    """One answer from several metrics (errors, throttles, any pair of counts), and each one's own.

    They share alpha, so that more metrics mean no more false alarms. FAIL where one fails; PASS
    only where every one passes, which needs no sharing.
    """
    if not metrics:
        return Answer.NOT_MEASURED, {}
    alpha = ALPHA / len(metrics)
    each = {
        name: judge(minutes, margin=margin, alpha=alpha)
        if minutes
        else Verdict(Answer.NOT_MEASURED, fails_at=1.0 / alpha, reason=f"no {name} were counted")
        for name, minutes in metrics.items()
    }
    return worst([v.answer for v in each.values()]), each


def worst(answers: Sequence[Answer]) -> Answer:
    """The answer for all of them: what is not known of one is not known of all."""
    order = (Answer.FAIL, Answer.NOT_MEASURED, Answer.INCONCLUSIVE, Answer.PASS)
    return next((a for a in order if a in answers), Answer.NOT_MEASURED)


def judge_functions(verdicts: Sequence[Verdict]) -> tuple[Answer, float]:
    """Whether a release of several functions is worse, and the evidence: the average of theirs.

    An average of e-values is an e-value, so it keeps the promise that a look at each function for
    itself would break. PASS only where every function passes.
    """
    if all(v.answer is Answer.NOT_MEASURED for v in verdicts):
        return Answer.NOT_MEASURED, 1.0
    evidence = sum(v.evidence for v in verdicts) / len(verdicts)
    if evidence >= 1.0 / ALPHA:
        return Answer.FAIL, evidence
    answers = [v.answer for v in verdicts if v.answer is not Answer.FAIL]
    undecided = len(answers) < len(verdicts)
    return worst([*answers, *([Answer.INCONCLUSIVE] if undecided else [])]), evidence


class Record(NamedTuple):
    """What was found in a rollout's minutes so far."""

    weighed: tuple[Weighed, ...]
    interval: tuple[float, float] | None
    told: tuple[tuple[Counts, float], ...]


class _Running:
    """A rollout that is being judged, and its minutes so far."""

    def __init__(self, margin: float, alpha: float) -> None:
        self.key = (margin, alpha)
        self.seen: tuple[Counts, ...] = ()
        self.weighed: list[Weighed] = []
        self.evidence = Evidence(alpha, margin)

    def is_the_beginning_of(self, minutes: tuple[Counts, ...], key: tuple[float, float]) -> bool:
        return self.key == key and minutes[: len(self.seen)] == self.seen

    def go_on(self, minutes: tuple[Counts, ...]) -> Record:
        for minute in minutes[len(self.seen) :]:
            self.evidence.see(minute)
            known = self.evidence
            self.weighed.append(Weighed(minute, known.clump, known.worse, known.cleared))
        self.seen = minutes
        return Record(tuple(self.weighed), self.evidence.interval, tuple(self.evidence.told))


_LATELY: list[_Running] = []
_LATELY_MAX = 64
_LOCK = threading.Lock()


def _recorded(minutes: tuple[Counts, ...], margin: float, alpha: float) -> Record:
    """The record of these minutes, going on from the longest beginning that is remembered."""
    key = (margin, alpha)
    with _LOCK:
        known = [r for r in _LATELY if r.seen and r.is_the_beginning_of(minutes, key)]
        running = max(known, key=lambda r: len(r.seen), default=None) or _Running(*key)
        if running in _LATELY:
            _LATELY.remove(running)
        _LATELY.append(running)
        del _LATELY[:-_LATELY_MAX]
        return running.go_on(minutes)
