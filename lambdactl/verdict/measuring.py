"""The judge's answer for a snapshot: which versions, which minutes, and what they cannot tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from lambdactl.model import Snapshot
from lambdactl.verdict.forecast import missing
from lambdactl.verdict.judge import MARGIN, Answer, Earlier, Verdict, Weighed, judge
from lambdactl.verdict.readings import Readings, called, readings
from lambdactl.verdict.sample_ratio import SampleRatio, sample_ratio
from lambdactl.verdict.shifts import (
    awaits_traffic,
    forward,
    judged_from,
    next_weight,
    told_by_calls,
    weight_since,
)
from lambdactl.verdict.silence import missing as missing_calls


def judge_snapshot(
    snapshot: Snapshot,
    before: Verdict | None = None,
    *,
    margin: float = MARGIN,
    next_step: float | None = None,
) -> Verdict:
    """The answer on the settled minutes in which both versions served the alias.

    ``before`` is an earlier look's: its FAIL latches while it is the same rollout. ``next_step`` is
    the weight in per cent that comes next, where no deployment says it.
    """
    of = rollout_of(snapshot)
    found = replace(_judged(snapshot, margin, next_step), of=of)
    if before is None or before.of != of:
        return found
    return _remembering(found, before, judged_from(snapshot))


def _remembering(found: Verdict, before: Verdict, begun: datetime | None) -> Verdict:
    """A FAIL latches while the split is the same, and is still told after it."""
    failed = before.failed_at
    if before.answer is Answer.FAIL and (found.answer is Answer.FAIL or not _over(failed, begun)):
        return found if found.answer is Answer.FAIL else before
    if found.earlier is not None and found.earlier.failed:
        return found
    if before.answer is Answer.FAIL:
        return replace(found, earlier=Earlier(before.canary_calls, failed))
    known = before.earlier
    return replace(found, earlier=known) if known and known.failed else found


def _over(failed: Weighed | None, begun: datetime | None) -> bool:
    """Whether another split is known to have begun after the minute that failed."""
    if failed is None or failed.start is None or begun is None:
        return False
    return failed.start < begun


def pair_of(snapshot: Snapshot) -> tuple[int, int] | None:
    """(stable, canary): as the alias routes, else as the last deployment moved it."""
    routing = snapshot.alias.routing if snapshot.alias else None
    if routing and routing.stable is not None and routing.canary is not None:
        return routing.stable, routing.canary
    last = forward(snapshot)
    if last is None or not (last.current_version and last.target_version):
        return None
    return last.current_version, last.target_version


def rollout_of(snapshot: Snapshot) -> tuple[object, ...]:
    """What makes two looks be about the same rollout."""
    last = forward(snapshot)
    return (snapshot.place.account_id, snapshot.place.region, snapshot.target,
            pair_of(snapshot), last.id if last else None)  # fmt: skip


def _judged(snapshot: Snapshot, margin: float, next_step: float | None) -> Verdict:
    pair = pair_of(snapshot)
    if snapshot.metrics is None:
        unread = snapshot.unreadable("metrics")
        reason = f"metrics could not be read: {unread.reason}" if unread else "not measured yet"
        return Verdict(Answer.NOT_MEASURED, reason=reason)
    if pair is None:
        return Verdict(Answer.NOT_MEASURED)
    told = readings(snapshot, snapshot.metrics, *pair)
    if not told.minutes:
        return Verdict(Answer.NOT_MEASURED, reason=told.doubt)
    begun = judged_from(snapshot)
    verdict = judge(told.counts_from(begun), margin=margin)
    verdict = _completed(snapshot, verdict, told, next_step)
    since = None if awaits_traffic(snapshot) else begun
    verdict = replace(verdict, since=since, earlier=_earlier(told, begun, margin))
    if told.doubt is not None and verdict.answer is not Answer.FAIL:
        return replace(verdict, answer=Answer.NOT_MEASURED, reason=told.doubt, more_calls=None)
    return verdict


def _earlier(told: Readings, begun: datetime | None, margin: float) -> Earlier | None:
    """What an earlier split of the two versions came to, as far as its minutes were read."""
    minutes = [r for r in told.minutes if begun is not None and r.start < begun]
    calls = sum(r.counts.canary_calls for r in minutes)
    if not calls:
        return None
    judged = judge([r.counts for r in minutes], margin=margin)
    failed = next((n for n, w in enumerate(judged.minutes) if w is judged.failed_at), None)
    if failed is None:
        return Earlier(calls)
    return Earlier(calls, judged.minutes[failed]._replace(start=minutes[failed].start))


def _completed(
    snapshot: Snapshot, verdict: Verdict, told: Readings, next_step: float | None
) -> Verdict:
    """With times, with what is missing in minutes, and with the sample ratio."""
    stamped = tuple(
        w._replace(start=r.start) for w, r in zip(verdict.minutes, told.minutes, strict=True)
    )
    verdict = replace(verdict, minutes=stamped, sample_ratio=_ratio(snapshot, told))
    routing = snapshot.alias.routing if snapshot.alias else None
    if verdict.more_calls is None or routing is None or not routing.split:
        return verdict
    following = next_step or next_weight(snapshot)
    needed = missing(verdict.more_calls, told.counts, routing.weight, following)
    return replace(verdict, missing=needed)


def _ratio(snapshot: Snapshot, told: Readings) -> SampleRatio | None:
    """Over the whole minutes with the present weight, as far as it is known which these are."""
    routing = snapshot.alias.routing if snapshot.alias else None
    if routing is None or not routing.split or routing.stable is None:
        return None
    since = weight_since(snapshot)
    if since is not None:
        return sample_ratio([r.counts for r in told.minutes if r.start >= since], routing.weight)
    begun = told_by_calls(called(told.minutes))
    # The first minute with calls is not a whole one.
    whole = [r.counts for r in told.minutes if begun is not None and r.start > begun]
    if missing_calls([m.canary_calls for m in whole if sum(m)]) is not None:
        # It may have been taken back and split off again since: nothing is known of this split.
        return None
    return sample_ratio(whole, routing.weight, since_known=False)
