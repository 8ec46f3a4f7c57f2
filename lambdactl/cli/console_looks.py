"""What the console reads of one alias: as ``status`` does, and for less, for it looks all day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from lambdactl.aws import recurring
from lambdactl.cli.kept_walks import seen
from lambdactl.cli.moves import with_our_move
from lambdactl.cli.session import Session
from lambdactl.model import Snapshot, Target
from lambdactl.ops.driving import with_driver
from lambdactl.ops.limiting import limited
from lambdactl.ops.local import with_local
from lambdactl.ops.pins import Pins
from lambdactl.plan import Plan
from lambdactl.verdict.gate import NO_LIMITS, Limits

DRIVER_LOOKS = 6.0
"""Asked at every sixth look only: a stack's update takes minutes, and as soon as it moves the alias
its deployment is seen."""
ALARM_LOOKS = 3.0
"""For so many looks the alarms of the gates hold while nothing moves."""


@dataclass(frozen=True, slots=True)
class Looks:
    """``session`` goes to AWS on the first question; ``limits`` are the operator's gates."""

    session: Callable[[], Session]
    target: Target
    limits: Limits

    def look(self) -> Snapshot:
        here = self.session()
        found = recurring.look(here.aws, here.place, self.target)
        return self._whole(here, found, here.interval_s)

    def renew(self) -> Snapshot:
        """Nothing of it is from an earlier look, but the metrics of this minute."""
        here = self.session()
        found = recurring.look(here.aws, here.place, self.target, anew=True)
        return self._whole(here, found, 0.0)

    def _whole(self, here: Session, found: Snapshot, interval_s: float) -> Snapshot:
        split = found.alias is not None and found.alias.routing.split
        at_rest = found.active_deployment is None and not split
        alarms_s = ALARM_LOOKS * interval_s if at_rest else 0.0
        held = limited(here.aws, with_our_move(found), self.limits, lasts_s=alarms_s)
        walk = partial(seen, here.place, self.target)
        return with_driver(here.aws, held, walk, lasts_s=DRIVER_LOOKS * interval_s)

    def survey(self) -> Snapshot:
        aws = self.session().aws
        found = aws.snapshot(self.target, metrics=False, storage=True, inventory=True)
        return with_local(found, Pins())

    def recheck(self, plan: Plan) -> Snapshot:
        """What the plan rests on, the state of the version that it leads to included; with metrics
        where gates are held against it."""
        if plan.verb == "prune" or plan.after is None:
            return self.survey()
        to = plan.after.stable if plan.after.canary is None else plan.after.canary
        gated = plan.takes_all and self.limits != NO_LIMITS
        aws = self.session().aws
        found = aws.snapshot(self.target, metrics=gated, to=to, checks=True)
        return limited(aws, with_our_move(found), self.limits) if gated else found
