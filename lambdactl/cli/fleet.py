"""The fleet on the terminal: its own target is an account and a region, not a function."""

from __future__ import annotations

from lambdactl.cli.answering import answer
from lambdactl.cli.completion_cache import learn_fleet
from lambdactl.cli.options import Asked
from lambdactl.cli.session import Session, entered, speed_of, target_lines
from lambdactl.cli.target import of_an_account, wanted
from lambdactl.ops.fleet import FEW, Fleet, look_over
from lambdactl.render.listings import AT_REST, fleet_records, fleet_table
from lambdactl.render.numbers import counted
from lambdactl.render.visible import visible

EVERY = 50
"""A line of progress for so many functions."""


def show_fleet(asked: Asked, *, everything: bool) -> None:
    """An alias that only the last deploy or a file names is no filter: ``-a`` is."""
    with entered(asked, wanted(asked, by=of_an_account())) as session:
        session.terminal.say(*target_lines(session, None))
        fleet = look_over(
            session.aws,
            asked.alias,
            everything=everything,
            speed=speed_of(session.wanted),
            tell=lambda done, of: _progress(session, done, of),
        )
        learn_fleet(session, [m.function for m in fleet.members])
        table = fleet_table(fleet, session.aws.now(), ascii=session.terminal.ascii)
        answer(session, "Fleet", fleet_records(fleet), table)
        _summary(session, fleet)


def _progress(session: Session, done: int, of: int) -> None:
    if of > FEW and done and done % EVERY == 0:
        session.terminal.say(f"{done} of {of} functions read")


def _summary(session: Session, fleet: Fleet) -> None:
    needy = [m for m in fleet.members if m.assessment is None or m.assessment.state not in AT_REST]
    red = [m for m in fleet.members if m.red]
    parts = [counted(fleet.functions, "function"), f"{len(needy)} not at rest"]
    session.terminal.say("  ".join([*parts, f"{len(red)} with a red alarm"]))
    for unread in fleet.unread:
        hint = f"  try: {visible(unread.hint)}" if unread.hint else ""
        session.terminal.say(f"not read: {unread.part}: {visible(unread.reason)}{hint}")
