"""``prune`` of many functions, and ``storage``: plan into a file, show, confirm, apply from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lambdactl.cli.auditing import logged
from lambdactl.cli.options import Asked
from lambdactl.cli.permitting import refuse_read_only, why_read_only
from lambdactl.cli.prune_options import Wish
from lambdactl.cli.session import Session, entered, speed_of, target_lines
from lambdactl.cli.stopping import stoppable
from lambdactl.cli.target import Value, Wanted, of_an_account, wanted
from lambdactl.errors import LambdactlError, PartlyDone, Refused, UsageError
from lambdactl.plan.protecting import Criteria
from lambdactl.render import document
from lambdactl.render.fleet import counts_line, fleet_document, plan_summary
from lambdactl.render.spans import Line
from lambdactl.render.storage import storage_document, storage_lines
from lambdactl.render.words import line
from lambdactl.state_home import state_dir

if TYPE_CHECKING:
    from lambdactl.ops.events import Event
    from lambdactl.ops.plan_file import Section
    from lambdactl.ops.pruning import Counts
    from lambdactl.ops.survey import Asked as Survey
    from lambdactl.ops.survey import Scope

MOST_UNASKED = 1_000
LARGEST_PART = 0.5


def prune_many(asked: Asked, wish: Wish) -> None:
    """Plan or read a plan, show it, and unless that is all: confirm and apply."""
    from lambdactl.ops.plan_file import read_sections

    if wish.apply is not None:
        sections = read_sections(wish.apply)
        path = wish.apply
    else:
        path = wish.plan or state_dir() / "prune" / f"{asked_id()}.plan.jsonl"
        sections = planned(asked, wish, path)
    if wish.plan is not None or asked.dry_run or not any(work_in(s) for s in sections):
        result(asked, path, sections, None)
        asked.terminal.say(kept_in(path))
        return
    asked.terminal.say(*summaries(sections), kept_in(path))
    confirm(asked, wish, sections)
    applied(asked, wish, path, sections)


def work_in(section: Section) -> bool:
    return bool(section.head.deletes or section.head.layers)


def asked_id() -> str:
    from lambdactl.ops.plan_file import new_id

    return new_id()


@contextmanager
def there(
    asked: Asked, wish: Wish, region: str | None, *, by: str | None = None
) -> Iterator[Session]:
    """The account in one region, its pace set; ``by`` as ``wanted`` takes it."""
    meant = wanted(asked, by=by)
    if region is not None and region != meant.get("region"):
        named = Value(region, "--regions")
        meant = replace(meant, values={**meant.values, "region": named})
    with entered(asked, meant) as session:
        set_pace(session, meant, wish.rate)
        session.terminal.say(*target_lines(session, None))
        yield session


def set_pace(session: Session, meant: Wanted, rate: float | None) -> None:
    """Calls a second of the account's clock: a sandbox that runs faster allows more a second."""
    session.aws.buckets.set_pace(deletes=rate, speed=speed_of(meant))


def planned(asked: Asked, wish: Wish, path: Path) -> tuple[Section, ...]:
    from lambdactl.ops.fleet_prune import Planning

    path.unlink(missing_ok=True)
    made: list[Section] = []
    for region in wish.regions or (None,):
        with there(asked, wish, region) as session:
            words, scope = scope_of(session, wish)
            planning = Planning(session.aws, survey_of(wish, scope), path, words)
            for event in planning.events():
                session.terminal.say(line(event, ascii=session.terminal.ascii))
            if planning.section is not None:
                made.append(planning.section)
    return tuple(made)


def scope_of(session: Session, wish: Wish) -> tuple[str, Scope]:
    """Which functions are meant, in words and as a scope. Never all of them unless that is said."""
    from lambdactl.ops.survey import Scope

    if wish.stack is not None:
        return wish.words, Scope(names=session.aws.stack_functions(wish.stack))
    if wish.match is not None or wish.every:
        return wish.words, Scope(match=wish.match or "*")
    target = wanted(session.asked).target(needs_alias=False)
    return f"function {target.function}", Scope(names=(target.function,))


def survey_of(wish: Wish, scope: Scope) -> Survey:
    from lambdactl.ops.pins import read_pins
    from lambdactl.ops.survey import Asked as Survey

    return Survey(
        scope,
        wish.criteria,
        read_pins(wish.pins, wish.pin_description),
        deep=wish.deep,
        until=wish.until,
        layers=wish.layers,
    )


def summaries(sections: tuple[Section, ...]) -> list[Line]:
    return [x for s in sections for x in plan_summary(s.head, s.functions(), s.layers())]


def kept_in(path: Path) -> str:
    return f"every version's verdict, and the rule behind it, is in {path}"


def confirm(asked: Asked, wish: Wish, sections: tuple[Section, ...]) -> None:
    """The account's number is typed out; a yes from a script names how many it means."""
    deletes = sum(s.head.deletes + s.head.layers for s in sections)
    account = sections[0].head.place.account_id
    meant = wanted(asked, by=None)
    refuse_read_only(why_read_only(asked, meant), "prune")
    if asked.yes or (asked.yes_by_environment and not meant.production):
        refuse_more(wish, sections, deletes)
        return
    if asked.quiet:
        asked.terminal.insist(*(s for section in sections for s in plan_summary(section.head)))
    asked.terminal.confirm(
        f"Type the account's number to delete {deletes:,} versions ({account}):", answer=account
    )


def refuse_more(wish: Wish, sections: tuple[Section, ...], deletes: int) -> None:
    """Refused where a yes would delete more than anybody has said."""
    if wish.max_delete is not None:
        if deletes > wish.max_delete:
            raise Refused(
                f"the plan deletes {deletes:,} versions, more than --max-delete {wish.max_delete}",
                hint=f"--max-delete {deletes}, if that is meant",
            )
        return
    plans = (p for s in sections for p in s.functions())
    halved = next((p for p in plans if len(p.deletes) > LARGEST_PART * len(p.verdicts)), None)
    if deletes > MOST_UNASKED or halved is not None:
        much = (
            f"{deletes:,} versions"
            if halved is None
            else f"{len(halved.deletes)} of {len(halved.verdicts)} versions of {halved.function}"
        )
        raise Refused(
            f"--yes alone is not enough to delete {much}",
            why="more than a thousand versions, or more than half of a function's",
            hint=f"--yes --max-delete {deletes}",
        )


def applied(asked: Asked, wish: Wish, path: Path, sections: tuple[Section, ...]) -> None:
    """Region by region. What one region could not do does not keep the next from being done."""
    from lambdactl.ops.fleet_prune import apply_section, workers_for
    from lambdactl.ops.function_prune import Terms
    from lambdactl.ops.pruning import Counts

    counts = Counts()
    partly: list[LambdactlError] = []
    again = f"lambdactl prune --apply {path}"
    with stoppable(asked.terminal) as stop:
        for section in sections:
            if stop() or not work_in(section):
                continue
            with there(asked, wish, region_of(section, wish, len(sections))) as session:
                session.leaves(f"{counts_line(counts)}; {again}   goes on")
                terms = Terms(session.sleep, stop, wish.despite_deployments)
                try:
                    workers = workers_for(wish.rate)
                    events = apply_section(section, session.aws, terms, workers=workers)
                    for event in logged(session, "prune", about(section, path), events):
                        tell(session, counts, event)
                        session.leaves(f"{counts_line(counts)}; {again}   goes on")
                except PartlyDone as error:
                    partly.append(error)
    result(asked, path, sections, counts)
    if stop():
        raise stop.interrupt()
    conclude(sections, partly, again)


def region_of(section: Section, wish: Wish, sections: int) -> str | None:
    """Where a section is done. A file of one region is not taken elsewhere by itself: it has to be
    the region that is meant here, or the plan is refused."""
    return None if wish.apply is not None and sections == 1 else section.head.place.region


def about(section: Section, path: Path) -> dict[str, object]:
    """What a plan from a file is about, for the audit log."""
    return {
        "target": section.head.scope,
        "before": None,
        "after": None,
        "plan": str(path),
        "to_delete": section.head.deletes + section.head.layers,
        "revision_ids": [],
    }


def tell(session: Session, counts: Counts, event: Event) -> None:
    """One line a function, not one a version."""
    from lambdactl.ops.events import VersionDeleted

    counts.take(event)
    if not isinstance(event, VersionDeleted):
        session.terminal.say(line(event, ascii=session.terminal.ascii))


def conclude(sections: tuple[Section, ...], partly: list[LambdactlError], again: str) -> None:
    """PartlyDone where the plan was not done, or did not know all that it was asked about."""
    skipped = sum(s.head.skipped for s in sections)
    if partly:
        partly[0].hint = again
        raise partly[0]
    if skipped:
        raise PartlyDone(
            f"the plan was done, but {skipped} functions could not be judged and were left alone",
            why="each is named in the plan with the reason",
            hint="lambdactl prune   again, when what is needed can be read",
        )


def result(asked: Asked, path: Path, sections: tuple[Section, ...], counts: Counts | None) -> None:
    from lambdactl.ops.pruning import Counts

    if asked.structured:
        place = sections[0].head.place if sections else None
        if place is None:
            raise UsageError("the plan is empty")
        data = fleet_document(str(path), [s.head for s in sections], counts or Counts())
        asked.terminal.document(document.envelope("Prune", data, place=place), asked.output)
    elif counts is not None:
        asked.terminal.out(counts_line(counts))
    else:
        # Where nothing is done the plan is the data, and is not narrated as well.
        asked.terminal.out(*summaries(sections))


def show_storage(asked: Asked, keep: int) -> None:
    """``lambdactl storage``."""
    from lambdactl.ops.measuring_storage import Measuring
    from lambdactl.ops.survey import Asked as Survey

    with there(asked, Wish(), None, by=of_an_account()) as session:
        measuring = Measuring(session.aws, Survey(criteria=Criteria(keep), quick=True))
        for event in measuring.events():
            session.terminal.say(line(event, ascii=session.terminal.ascii))
        if asked.structured:
            told = storage_document(measuring.report)
            whole = document.envelope("Storage", told, place=session.place)
            session.terminal.document(whole, asked.output)
        else:
            lines = storage_lines(measuring.report, ascii=session.terminal.ascii)
            session.terminal.out(*lines)
