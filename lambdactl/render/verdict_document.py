"""A verdict as JSON: the answer, every number it rests on, and the counts of each minute."""

from __future__ import annotations

import sys
from typing import Any

from lambdactl.render.numbers import iso
from lambdactl.verdict import Verdict
from lambdactl.verdict.forecast import Missing
from lambdactl.verdict.judge import Earlier, Weighed
from lambdactl.verdict.sample_ratio import SampleRatio

Document = dict[str, Any]


def verdict(judged: Verdict) -> Document:
    """Null is unknown; an e-value beyond what a float holds is the largest float."""
    odds = judged.odds_ratio
    return {
        "answer": judged.answer.value,
        "reason": judged.reason,
        "canary_calls": judged.canary_calls,
        "canary_errors": judged.canary_errors,
        "canary_error_rate_percent": judged.canary_rate,
        "stable_calls": judged.stable_calls,
        "stable_errors": judged.stable_errors,
        "stable_error_rate_percent": judged.stable_rate,
        "evidence": finite(judged.evidence),
        "fails_at": judged.fails_at,
        "clearance": finite(judged.clearance),
        "passes_at": judged.passes_at,
        "margin_odds_ratio": judged.margin,
        "odds_ratio_low": odds[0] if odds else None,
        "odds_ratio_high": finite(odds[1]) if odds else None,
        "errors_at_a_time": judged.clump,
        "canary_error_rate_below_percent": judged.canary_bound,
        "more_calls": judged.more_calls,
        "missing": missing(judged.missing) if judged.missing else None,
        "sample_ratio": sample_ratio(judged.sample_ratio) if judged.sample_ratio else None,
        "since": iso(judged.since) if judged.since else None,
        "earlier": earlier(judged.earlier) if judged.earlier else None,
        "minutes": [minute(w) for w in judged.minutes],
    }


def finite(value: float) -> float:
    """JSON knows no infinity."""
    return min(value, sys.float_info.max)


def earlier(split: Earlier) -> Document:
    """A split of the same versions that is not counted: what came of it."""
    return {
        "canary_calls": split.calls,
        "failed": minute(split.failed) if split.failed else None,
    }


def missing(needed: Missing) -> Document:
    return {
        "canary_calls": needed.calls,
        "weight_percent": needed.weight,
        "minutes": needed.minutes,
        "next_weight_percent": needed.next_weight,
        "next_minutes": needed.next_minutes,
    }


def sample_ratio(ratio: SampleRatio) -> Document:
    return {
        "set_percent": ratio.set_share,
        "measured_percent": ratio.realised,
        "calls": ratio.calls,
        "evidence": finite(ratio.evidence),
        "warns": ratio.warns,
    }


def minute(weighed: Weighed) -> Document:
    return {
        "start": iso(weighed.start),
        **weighed.counts._asdict(),
        "errors_at_a_time": weighed.clump,
        "evidence": finite(weighed.evidence),
        "clearance": finite(weighed.clearance),
    }
