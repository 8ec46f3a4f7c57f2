"""What a canary has cost and goes on costing, as one sentence."""

from __future__ import annotations

from lambdactl.verdict.damage import Damage


def damage_sentence(done: Damage | None) -> str:
    """``about 37 failed calls above the stable version's rate (12 to 61); each further ...``."""
    if done is None:
        return "unknown: the two versions were never called in the same minute"
    text = f"about {_count(done.failed)} failed calls above the stable version's rate"
    text += between(done.interval)
    cost = f"each further minute costs about {_count(done.per_minute)}"
    text += f"; {cost}{between(done.per_minute_interval)}"
    if done.uncompared:
        text += f"; {done.uncompared:,} calls without the stable version beside them are not in it"
    return text


def between(interval: tuple[float, float] | None) -> str:
    if interval is None:
        return " (how sure is not known)"
    return f" (95 %: {_count(interval[0])} to {_count(interval[1])})"


def _count(value: float) -> str:
    """Failed calls, as fine as it says something."""
    if abs(value) < 0.05:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 10.0 else f"{value:.1f}"
