"""One rollout as text: the verdict first, the evidence under it, the way on beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from lambdactl.model import Alarm, Deployment, LifecycleEvent, Series, Snapshot, label
from lambdactl.render import ages, driver, glyphs
from lambdactl.render.columns import columns
from lambdactl.render.explaining import earlier, summary
from lambdactl.render.harm import damage_sentence
from lambdactl.render.numbers import UNKNOWN, clock, duration, rate, routed, weight
from lambdactl.render.progress import Progress, measured, progress
from lambdactl.render.spans import Line, Span, spans
from lambdactl.render.spans import labelled as spans_labelled
from lambdactl.render.visible import visible
from lambdactl.verdict import Answer, Assessment
from lambdactl.verdict.damage import damage_of
from lambdactl.verdict.driver import driver_of
from lambdactl.verdict.gate import Gate

LABEL = 11
"""Width of the column of labels."""
labelled = partial(spans_labelled, LABEL)


def status_lines(
    snapshot: Snapshot,
    assessment: Assessment,
    *,
    ascii: bool = False,
    gates: Sequence[Gate] = (),
    now: datetime | None = None,
) -> list[Line]:
    """Everything ``status`` says of a snapshot, in order of importance.

    ``now`` is AWS's, for the ages of what is shown; None for the moment of the look.
    """
    return [
        *verdict_lines(snapshot, assessment, ascii),
        *(gate_lines(gates, ascii) if has_canary(snapshot, assessment) else ()),
        *traffic_lines(snapshot),
        labelled("driver", visible(driver.long(driver_of(snapshot), snapshot))),
        *deployment_lines(snapshot, ascii),
        *error_lines(snapshot),
        *alarm_lines(snapshot, ascii),
        *unread_lines(snapshot, ascii),
        labelled("age", ages.line(ages.of(snapshot, now or snapshot.taken))),
    ]


def has_canary(snapshot: Snapshot, assessment: Assessment) -> bool:
    """Whether there is one to be held to a limit: on its way, or judged a while ago."""
    split = snapshot.alias is not None and snapshot.alias.routing.split
    return split or snapshot.active_deployment is not None or assessment.verdict.canary_calls > 0


def gate_lines(gates: Sequence[Gate], ascii: bool) -> Iterator[Line]:
    """The operator's own limits: each with what was measured."""
    for n, gate in enumerate(gates):
        mark = glyphs.CHECKS[gate.met]
        told = f"{mark.sign(ascii)} {visible(gate.name)}"
        row = Span(told, "" if gate.met else mark.style)
        yield labelled("" if n else "gates", row, f": {visible(gate.detail)}")


def verdict_lines(snapshot: Snapshot, assessment: Assessment, ascii: bool) -> Iterator[Line]:
    mark = glyphs.of_state(assessment.state)
    yield spans(Span(mark.named(ascii), mark.style), f"  {visible(assessment.text)}")
    if assessment.advice:
        yield labelled("advice", visible(assessment.advice))
    for n, weighed in enumerate(summary(assessment.verdict)):
        yield labelled("" if n else "evidence", weighed)
    before = assessment.verdict.earlier
    if before is not None and before.failed is not None:
        mark = glyphs.ANSWERS[Answer.FAIL]
        told = f"{mark.sign(ascii)} an earlier split of the two was {earlier(before)}"
        yield labelled("earlier", Span(told, mark.style))
    if assessment.verdict.answer is Answer.FAIL:
        split = snapshot.alias is not None and snapshot.alias.routing.split
        done = damage_of(assessment.verdict)
        yield labelled("damage", damage_sentence(done, goes_on=split))


def traffic_lines(snapshot: Snapshot) -> Iterator[Line]:
    """Set beside measured: a caller that does not use the alias shows as a difference."""
    if snapshot.alias is None:
        return
    yield labelled("traffic", f"set {routed(snapshot.alias.routing)}{_measured(snapshot)}")


def _measured(snapshot: Snapshot) -> str:
    if snapshot.alias is None or not snapshot.alias.routing.split:
        return ""
    seen = measured(snapshot)
    if seen is None or seen.canary_share is None:
        return "   measured: no calls yet"
    calls = seen.stable_calls + seen.canary_calls
    share = f"{100.0 - seen.canary_share:.1f} % / {seen.canary_share:.1f} %"
    return f"   measured {share} of {calls:,.0f} calls since {clock(seen.since)}"


def deployment_lines(snapshot: Snapshot, ascii: bool) -> Iterator[Line]:
    deployment = snapshot.deployment
    if deployment is None:
        return
    mark = glyphs.of_deployment(deployment.status)
    yield labelled(
        "deployment",
        Span(f"{mark.sign(ascii)} {deployment.id} {deployment.status.value}", mark.style),
        f"  {visible(_what(deployment))}",
    )
    if deployment.active and (now := progress(snapshot)):
        yield labelled("", _step(now))
    if why := deployment.error_message or deployment.rollback_message:
        yield labelled("", visible(why))
    rows = [_lifecycle_row(e, snapshot.taken, ascii) for e in deployment.events]
    yield from columns(rows, indent=LABEL) if rows else ()


def _what(deployment: Deployment) -> str:
    route = f"{label(deployment.current_version)} → {label(deployment.target_version)}"
    back = f"  rolls back {deployment.rolls_back}" if deployment.rolls_back else ""
    return f"{route}  {deployment.config_name}  by {deployment.creator}{back}"


def _step(now: Progress) -> str:
    done = f"step {now.step} of {now.steps}"
    if now.next_weight is None:
        return done
    if now.next_at is None or now.left_s is None:
        return f"{done}, next {weight(now.next_weight)}"
    when = f"in {duration(now.left_s)}" if now.left_s else "due now"
    return f"{done}, {weight(now.next_weight)} at {clock(now.next_at)} ({when})"


def _lifecycle_row(event: LifecycleEvent, now: datetime, ascii: bool) -> list[Span | str]:
    mark = glyphs.of_lifecycle(event.status)
    end = event.ended or (now if event.status == "InProgress" else None)
    took = duration((end - event.started).total_seconds()) if event.started and end else ""
    return [
        Span(mark.sign(ascii), mark.style),
        visible(event.name),
        visible(event.status),
        clock(event.started) if event.started else "",
        took,
        visible(event.message or ""),
    ]


def error_lines(snapshot: Snapshot) -> Iterator[Line]:
    """Both versions, with counts: a rate without its count is an opinion."""
    metrics = snapshot.metrics
    if metrics is None or not metrics.series:
        return
    rows = [_series_row(snapshot, series) for _, series in sorted(metrics.series.items())]
    window = f"LAST {duration(metrics.window_s).upper()}"
    header = ("VERSION", "ROLE", "CALLS", "ERRORS", "RATE", "THROTTLES", "P95", window)
    yield from columns(rows, header=header, right=frozenset({2, 3, 4, 5, 6}), indent=LABEL)


def _series_row(snapshot: Snapshot, series: Series) -> list[Span | str]:
    known = [m for m in series.minutes if m.invocations is not None]
    share = series.error_rate()
    throttles = [m.throttles for m in series.minutes if m.throttles is not None]
    return [
        label(series.version),
        role(snapshot, series.version),
        f"{series.calls():,.0f}" if known else "0",
        f"{series.errors():,.0f}" if known else UNKNOWN,
        Span(rate(share), "red" if share else ""),
        f"{sum(throttles):,.0f}" if throttles else UNKNOWN,
        p95(series),
        "" if known else "no calls measured",
    ]


def p95(series: Series) -> str:
    """Of the newest minute that has one: percentiles of minutes cannot be averaged."""
    newest = next((m.p95_ms for m in reversed(series.minutes) if m.p95_ms is not None), None)
    return UNKNOWN if newest is None else f"{newest:,.0f} ms"


def role(snapshot: Snapshot, version: int) -> str:
    routing = snapshot.alias.routing if snapshot.alias else None
    if routing is None or version not in routing.versions:
        return UNKNOWN
    return "canary" if version == routing.canary else "stable"


def alarm_lines(snapshot: Snapshot, ascii: bool) -> Iterator[Line]:
    rows = [_alarm_row(a, snapshot.taken, ascii) for a in snapshot.alarms]
    if rows:
        table = columns(rows)
        yield labelled("alarms", *table[0])
        yield from (labelled("", *line) for line in table[1:])


def _alarm_row(alarm: Alarm, now: datetime, ascii: bool) -> list[Span | str]:
    mark = glyphs.of_alarm(alarm.state)
    age = duration((now - alarm.updated) / timedelta(seconds=1)) if alarm.updated else ""
    said = alarm.reason if alarm.state == "ALARM" else alarm.summary
    return [
        Span(mark.sign(ascii), mark.style),
        visible(alarm.name),
        Span(visible(alarm.state), mark.style),
        f"for {age}" if age else "",
        visible(said),
    ]


def unread_lines(snapshot: Snapshot, ascii: bool) -> Iterator[Line]:
    """What could not be read is said; a missing line would look like good news."""
    mark = glyphs.of_alarm("")
    for unread in snapshot.unread:
        hint = f"  try: {visible(unread.hint)}" if unread.hint else ""
        yield labelled(
            "not read",
            Span(f"{mark.sign(ascii)} {unread.part}", mark.style),
            f"  {visible(unread.reason)}{hint}",
        )
