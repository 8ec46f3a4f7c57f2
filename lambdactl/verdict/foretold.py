"""A forecast in sentences: the same in ``plan``, in the notes of a deploy, and in the console."""

from __future__ import annotations

from collections.abc import Iterator

from lambdactl.verdict.power import ENOUGH, Outlook, Sight


def foretold(found: Outlook) -> Iterator[str]:
    """The sentences that decide, the most important first; unknown is said as unknown."""
    if found.unknown is not None or found.chosen is None:
        yield f"what this rollout can see is unknown: {found.unknown}"
        return
    yield what_is_seen(found, found.chosen)
    yield what_is_sent(found.chosen)


def what_is_seen(found: Outlook, chosen: Sight) -> str:
    if chosen.seen is None or found.rate is None:
        return (
            "no call failed in the past week, so nothing can be foretold of a canary that fails"
            f" x{found.times:g} as often; lambdactl plan --rate 0.1% takes a rate"
        )
    text = (
        f"x{found.times:g} of {found.rate:.2g} %: {chosen.name} would see it"
        f" {share(chosen)} of the time"
    )
    if chosen.enough:
        return text
    better = found.advised
    if better is None:
        return f"{text}; no preset of CodeDeploy would see it {ENOUGH:g} % of the time"
    return f"{text}; {better.name} would see it {share(better)}"


def what_is_sent(chosen: Sight) -> str:
    calls = f"{chosen.canary_calls:,.0f} calls" if chosen.canary_calls >= 1.5 else "hardly a call"
    sends = f"{chosen.name} sends {calls} to the canary before 100 %"
    if chosen.bound is None:
        return f"{sends}: nothing can be seen in time"
    bound = min(chosen.bound, 100.0)
    return f"{sends}: with none of them failed it cannot exclude a {bound:.2g} % error rate"


def share(sight: Sight) -> str:
    """Whole per cent: some hundred runs know no more. Never 0 or 100, which would be a promise."""
    if sight.seen is None:
        return "-"
    if not sight.canary_calls:
        return "none"
    if sight.seen < 0.5:
        return "less than 1 %"
    return f"{sight.seen:.0f} %" if sight.seen < 99.5 else "more than 99 %"
