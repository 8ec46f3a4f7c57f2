"""The first line of every screen: where we are, in which account, and how old what we see is.

It shortens in a fixed order when the screen is narrow: origin, account, what is asked of AWS,
driver, the name in the middle. The badge, read-only, that AWS throttles us, and the age are never
dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from lambdactl.model import Snapshot
from lambdactl.render import driver, glyphs
from lambdactl.tui.connection import Connection, Usage
from lambdactl.tui.drawing.advice import THROTTLED
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.text import age, fitted, joined, middle, spread
from lambdactl.tui.view import ONCE, View
from lambdactl.verdict.driver import Kind, driver_of

DRIVERLESS = 3
"""So many of the left parts, the shortest, do not say what moves the weights."""


def header(
    view: View,
    connection: Connection,
    name: str,
    usage: Usage | None,
    width: int,
    pen: Pen,
    above: str = "",
) -> Content:
    """One line of exactly ``width`` cells; ``name`` says which screen of what this is, ``above``
    where escape leads in the end."""
    room = width - 2
    slowed = usage is not None and usage.throttled
    asked_less = pen.named(THROTTLED) if slowed else Content("")
    guard = pen.say("GUARD", "bold $text-accent") if view.guarded else Content("")
    always = [asked_less, guard, mode(connection, pen, width), age_of(view, pen, width)]
    rights = [joined([told, *always]) for told in asked_of(usage, pen)]
    for left, right in layouts(view, connection, name, above, rights, width, pen):
        if left.cell_length + 1 + right.cell_length <= room:
            return Content(" ") + spread(left, right, room) + " "
    return fitted(Content(" ") + rights[-1], width)


def layouts(
    view: View,
    connection: Connection,
    name: str,
    above: str,
    rights: Sequence[Content],
    width: int,
    pen: Pen,
) -> Iterator[tuple[Content, Content]]:
    """Both parts, from long to short: what is asked of AWS gives way only to who drives the
    rollout, and to a name that would be too short to be told from others."""
    caps = (len(name), max(20, width * 2 // 5), 12)
    for right in rights:
        last = right is rights[-1]
        for cap in caps if last else caps[:-1]:
            found = lefts(view, connection, middle(name, cap, pen.ellipsis), above, width, pen)
            for left in found if last else found[:-DRIVERLESS]:
                yield left, right


def asked_of(usage: Usage | None, pen: Pen) -> list[Content]:
    """``API 12/min · $0.02/h``, then shorter, at last nothing."""
    if usage is None:
        return [Content("")]
    calls, cost = f"{usage.per_minute}/min", f"{dollars(usage.usd_per_hour)}/h"
    return [pen.say(f"API {calls} · {cost}", "dim"), pen.say(f"{calls} {cost}", "dim"), Content("")]


def dollars(amount: float) -> str:
    """``$0.02``, ``$0.008``, ``<$0.001``, ``$0``."""
    if 0.0 < amount < 0.001:
        return "<$0.001"
    return f"${amount:.2f}" if amount >= 0.01 else f"${amount:.3f}".rstrip("0").rstrip(".")


def lefts(
    view: View, connection: Connection, name: str, above: str, width: int, pen: Pen
) -> list[Content]:
    """The same from long to short."""
    title = pen.say(name, "bold")
    whole = pen.say(f"{above} {pen.separator} ") + title if above else title
    badge = badge_of(connection.badge)
    account, region = place(view.snapshot, connection)
    by = Content("") if view.past else driven(view.snapshot, pen)
    origin = pen.say(connection.origin, "dim")
    short = account[:4] + pen.ellipsis + account[-4:] if account else ""
    parts = [
        [whole, badge, pen.say(f"{account} {region}".strip()), origin, by],
        [whole, badge, pen.say(f"{account} {region}".strip()), by],
        [whole, badge, pen.say(f"{short} {region}".strip()), by],
        [title, badge, pen.say(f"{account} {region}".strip()), by],
        [title, badge, pen.say(f"{short} {region}".strip()), by],
        [title, badge, pen.say(f"{short} {region}".strip())],
        [title, badge, pen.say(region)],
        [title, badge],
    ]
    return [joined(p) for p in (parts if width >= 110 else parts[1:])]


def badge_of(badge: str) -> Content:
    if not badge:
        return Content("")
    style = "bold $text-error reverse" if badge == "PROD" else "bold $text-warning reverse"
    return Content.styled(f" {badge} ", style)


def place(snapshot: Snapshot | None, connection: Connection) -> tuple[str, str]:
    """Account and region; before AWS has answered, the region that was asked for, where it was."""
    known = snapshot.place if snapshot else connection.place()
    return (known.account_id, known.region) if known else ("", connection.here.region or "")


def driven(snapshot: Snapshot | None, pen: Pen) -> Content:
    """What moves the weights, in a few words; nothing at rest."""
    if snapshot is None:
        return Content("")
    found = driver_of(snapshot)
    return pen.say(driver.short(found), "$text-warning" if found.kind is Kind.UNKNOWN else "")


def mode(connection: Connection, pen: Pen, width: int) -> Content:
    if connection.read_only:
        return pen.say("READ-ONLY", "bold $text-warning")
    return pen.say("WRITE", "dim") if width >= 110 else Content("")


def age_of(view: View, pen: Pen, width: int) -> Content:
    """How old what is shown is; how often it is read, and how fast AWS's clock runs, with room."""
    if view.ours:
        return Content("")
    if view.past is not None:
        when = f" {view.past.ended:%d %b %H:%M}" if view.past.ended else ""
        return pen.say(f"PAST{when}", "bold $text-warning")
    if view.age_s is None:
        return pen.say("no data yet" if view.failure else "reading", "$text-warning")
    if view.stale:
        return pen.named(glyphs.STALE) + pen.say(f" {age(view.age_s)}", "$text-warning")
    if view.paused:
        return pen.say(f"paused, {age(view.age_s)} old", "$text-warning")
    fast = view.speed is not None and view.speed != 1.0
    speed = f"clock {pen.spelled('×')}{view.speed:.0f}" if fast else ""
    again = width >= 110 and view.interval_s < ONCE
    often = f" every {view.interval_s:g}s" if again else ""
    told = [pen.say(speed, "dim")] if width >= 100 else []
    return joined([*told, pen.say(f"{pen.refresh} {age(view.age_s)}{often}")])
