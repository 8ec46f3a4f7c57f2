"""What a canary has cost and goes on costing, as one sentence."""

from __future__ import annotations

from lambdactl.verdict.damage import Damage


def damage_sentence(done: Damage | None, *, goes_on: bool = True) -> str:
    """``about 37 failed calls above the stable version's rate (12 to 61); each further ...``.

    ``goes_on``: the canary still gets calls.
    """
    if done is None:
        return "unknown: the two versions were never called in the same minute"
    text = _so_far(done)
    if goes_on:
        cost = f"each further minute costs about {_count(done.per_minute)}"
        text += f"; {cost}{between(done.per_minute_interval)}"
    if done.uncompared:
        text += f"; {done.uncompared:,} calls without the stable version beside them are not in it"
    return text


def fitting(done: Damage, width: int, *, goes_on: bool = True) -> str:
    """As much of the sentence as there is room for in ``width`` cells; it may be nothing."""
    texts = (damage_sentence(done, goes_on=goes_on), _so_far(done), _failed(done))
    return next((text for text in texts if len(text) <= width), "")


def _so_far(done: Damage) -> str:
    return f"{_failed(done)}{between(done.interval)}"


def _failed(done: Damage) -> str:
    return f"about {_count(done.failed)} failed calls above the stable version's rate"


def between(interval: tuple[float, float] | None) -> str:
    if interval is None:
        return " (how sure is not known)"
    return f" (95 %: {_count(interval[0])} to {_count(interval[1])})"


def _count(value: float) -> str:
    """Failed calls, as fine as it says something."""
    if abs(value) < 0.05:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 10.0 else f"{value:.1f}"
