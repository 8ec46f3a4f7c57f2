"""What stands around the rows of a fleet: its counts, the row under the cursor, code storage."""

from __future__ import annotations

from textual.content import Content

from lambdactl.model import Unread
from lambdactl.plan.storage import Outlook
from lambdactl.render import glyphs
from lambdactl.render import storage as storage_words
from lambdactl.render.numbers import clock, counted
from lambdactl.render.numbers import size as sized
from lambdactl.tui.connection import Connection
from lambdactl.tui.drawing import rates, traffic, verdict
from lambdactl.tui.drawing.advice import Advice, no_functions, of_error
from lambdactl.tui.drawing.fleet import said
from lambdactl.tui.drawing.pen import Pen, themed
from lambdactl.tui.drawing.text import age, fitted, joined, spread
from lambdactl.tui.drawing.way_out import hinted, in_line, ways
from lambdactl.tui.fleet_row import FleetRow
from lambdactl.tui.fleet_watch import FleetWatch
from lambdactl.tui.view import View


def summary(watch: FleetWatch, view: View, width: int, pen: Pen) -> list[Content]:
    """The counts and the order; below them what could not be read, the gravest first."""
    rolling = sum(r.driver == "CodeDeploy" for r in watch.rows.values())
    red = len(watch.around.red) if watch.around else 0
    # Before the first page of names has come nobody knows how many there are.
    known = watch.functions or watch.listed_all
    left = [pen.say(counted(len(watch.functions), "function"), "bold")] if known else []
    left += [pen.say(f"{rolling} rolling", "bold $text-accent")] if rolling else []
    left += [pen.say(counted(red, "red alarm"), "bold $text-error")] if red else []
    left += [pen.say(f"{len(watch.marks)} marked", "$text-accent")] if watch.marks else []
    if watch.to_read and watch.functions:
        left.append(pen.say(f"{watch.to_read} still to be read", "dim"))
    elif not watch.listed_all and watch.names_error is None:
        left.append(pen.say("listing the functions ...", "dim"))
    if watch.is_by_tags and watch.untagged:
        left.append(pen.say(f"tags of {len(watch.untagged)} still to be read", "dim"))
    shown = f"{len(watch.order)} of {len(watch.rows)} rows" if watch.filter else ""
    right = joined([pen.say(shown, "$text-accent"), pen.say(f"sort {watch.sorting.column}", "dim")])
    first = spread(Content(" ") + joined(left, pen.spelled(" · ")), right + " ", width)
    return [first, *(fitted(line, width) for line in troubles(watch, view, width, pen))]


def troubles(watch: FleetWatch, view: View, width: int, pen: Pen) -> list[Content]:
    """One line: the failure that is being waited out, else what is not known of the fleet."""
    if watch.failure is not None:
        error = watch.failure.error
        head = pen.sign(glyphs.STALE) + pen.say(f" {error}", "$text-warning")
        left = ways(error, pen, verdict.retry(view, pen))
        return [Content(" ") + in_line(head, left, width - 2, pen)]
    return [unknown(watch.unread, width, pen)] if watch.unread else []


def unknown(parts: tuple[Unread, ...], width: int, pen: Pen) -> Content:
    first, *more = parts
    rest = f"  and {', '.join(u.part for u in more)}" if more else ""
    told = pen.say(f"? {first.part} not known: {first.reason}{rest}", "$text-warning")
    return Content(" ") + in_line(told, hinted(first.hint, pen), width - 2, pen)


def advice(watch: FleetWatch, view: View, here: Connection) -> Advice | None:
    """What to do where there is no row: none of what may be read, or no function at all."""
    if watch.is_empty:
        return no_functions(here, here.place())
    error = view.failure.error if view.failure else watch.names_error
    return None if error is None or watch.rows else of_error(error, here)


def unmatched(watch: FleetWatch, pen: Pen) -> list[Content]:
    """Where the filter keeps no row: an empty list is not to be taken for an empty account."""
    if not watch.filter or watch.order:
        return []
    read = "" if not watch.to_read else ", of those that have been read"
    told = f" no row has {watch.filter.text.strip()}{read}; {pen.key('back')} shows all again"
    return [pen.say(told, "bold")]


def preview(
    watch: FleetWatch, one: FleetRow | None, view: View, size: tuple[int, int], pen: Pen
) -> list[Content]:
    """What the rollout screen would say of the row under the cursor, as much as there is room for;
    of one that is not looked at closely, what is known and how old it is."""
    width, height = size
    if one is None:
        return unmatched(watch, pen)
    if one.member is None:
        return [pen.say(f" {one.function}: its aliases have not been read yet", "dim")]
    if one.member.snapshot is None or one.member.assessment is None:
        return at_rest(one, view, width, pen)
    seen = one.member
    closely = View(
        snapshot=seen.snapshot, assessment=seen.assessment, age_s=0.0, now=view.now, near=False
    )
    lines = verdict.verdict(closely, width, pen)
    if height > 2:
        lines += traffic.lines(closely, width, 2, pen)
        lines.append(traffic.step_lines(closely, width, 1, pen)[0])
    if height > 5:
        lines += rates.rows(closely, width, pen)
    return lines


def at_rest(one: FleetRow, view: View, width: int, pen: Pen) -> list[Content]:
    member = one.member
    assert member is not None
    head = pen.named(one.mark) + pen.say(f"  {one.name}", "bold") + pen.say(f"  {said(one)}")
    if member.unread is not None:
        head = in_line(head, hinted(None, pen), width - 2, pen)
    read = ""
    if member.taken is not None and view.now is not None:
        read = f"read {age((view.now - member.taken).total_seconds())} ago"
    parts = [pen.say(read, "dim")]
    if one.measured is not None:
        parts.append(pen.say(f"measured at {clock(one.measured.taken)}", "dim"))
    elif member.alias is not None and member.alias.routing.split:
        parts.append(pen.say("it is looked at closely while it is on the screen", "dim"))
    lines = [Content(" ") + head, Content(" ") + joined(parts, pen.spelled(" · "))]
    for red in member.red:
        told = joined([pen.say(red.name, "bold"), pen.say(red.summary), pen.say(red.reason, "dim")])
        lines.append(Content(" ") + pen.sign(glyphs.of_alarm("ALARM")) + " " + told)
    return lines


def storage(found: Outlook | None, why: str | None, width: int, pen: Pen) -> Content:
    """``Code storage ██████▒░░░ 58.1 of 75.0 GB 77% · full on 2027-03-01 · a prune frees 9 GB``."""
    if found is None:
        told = f" Code storage ? not known: {why}" if why else " Code storage not read yet"
        return pen.say(told, "$text-warning" if why else "dim")
    share = f" {found.share:.0f}%" if found.share is not None else ""
    tail = f" {sized(found.used)} of {sized(found.limit)}{share}{pen.spelled(day(found))}"
    if found.prunable is not None and width >= 100:
        tail += pen.spelled(f" · a prune frees {sized(found.prunable)}")
    room = width - len(" Code storage ") - len(tail) - 1
    if room < 5:
        return fitted(pen.say(f" Code storage{tail}"), width)
    gauge = storage_words.gauge(found, min(room, 60), ascii=pen.ascii)
    drawn = [Content.styled(s.text, themed(s.style)) for s in gauge]
    return fitted(Content.assemble(" Code storage ", *drawn, tail), width)


def day(found: Outlook) -> str:
    """The day on which it is full, in words that also say that it is not known."""
    if found.pace is None:
        return " · full: not known yet"
    at = found.full_at
    return f" · full on {at:%Y-%m-%d}" if at else " · full: not in sight"


def happened(view: View, width: int, pen: Pen) -> Content:
    """The last changes of any row, the newest first, as many as fit."""
    line = Content("")
    for one in view.lines:
        told = pen.say(f" {clock(one.at)} ", "dim") + pen.sign(one.mark) + pen.say(f" {one.text}  ")
        if line.plain and line.cell_length + told.cell_length > width:
            break
        line += told
    return line
