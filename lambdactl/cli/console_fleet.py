"""What the console's fleet asks, through one session: at a pace that leaves others their share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from lambdactl.aws import Aws, recurring
from lambdactl.cli.moves import with_our_move
from lambdactl.cli.session import Session, speed_of
from lambdactl.model import Snapshot, Target
from lambdactl.model_configuration import Listed
from lambdactl.ops import fleet
from lambdactl.ops.fleet import Around, Asking, Member
from lambdactl.ops.fleet_measuring import Measured, measure
from lambdactl.ops.storage_outlook import outlook, read_pace
from lambdactl.plan.storage import Outlook
from lambdactl.tui import FleetReads


def fleet_reads(session: Callable[[], Session], alias: str | None) -> FleetReads:
    """``session`` goes to AWS on the first question, and raises where that cannot be."""

    def names() -> Iterator[tuple[Listed, ...]]:
        here, count = session(), 0
        for page in here.aws.function_pages():
            count += len(page)
            fleet.set_pace(here.aws, count, speed_of(here.wanted))
            yield page

    def around() -> Around:
        return fleet.look_around(session().aws)

    def members(function: str, around: Around, asking: Asking) -> Iterator[Member]:
        here = session()
        return fleet.members(here.aws, function, around, replace(asking, look=look))

    def look(aws: Aws, target: Target) -> Snapshot:
        return with_our_move(recurring.look(aws, aws.place(), target))

    def measured(targets: Sequence[Target], p95: bool) -> Mapping[Target, Measured]:
        return measure(session().aws, targets, p95=p95)

    def storage() -> Outlook:
        return outlook(session().aws)

    def pace() -> Iterator[Outlook | None]:
        return read_pace(session().aws)

    def tags(function: str) -> Mapping[str, str]:
        return fleet.tags(session().aws, function)

    return FleetReads(names, around, members, measured, storage, pace, tags, alias)
