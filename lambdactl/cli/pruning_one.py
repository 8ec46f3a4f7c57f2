"""``prune`` of the one function that is the target, by the way of every other change."""

from __future__ import annotations

from lambdactl.cli.change import change
from lambdactl.cli.options import Asked
from lambdactl.cli.prune_options import Wish
from lambdactl.model import Snapshot
from lambdactl.plan import Plan


def prune_one(asked: Asked, wish: Wish) -> None:
    """Look, decide, show, confirm by the function's name, apply, and say what came of it."""
    from lambdactl.ops.local import with_local
    from lambdactl.ops.pins import read_pins
    from lambdactl.plan.prune import plan_prune_by

    pins = read_pins(wish.pins, wish.pin_description)

    def decide(snapshot: Snapshot) -> Plan:
        return plan_prune_by(with_local(snapshot, pins), wish.criteria)

    change(
        asked,
        decide,
        needs_alias=False,
        inventory=True,
        pace=wish.rate,
        despite_deployments=wish.despite_deployments,
    )
