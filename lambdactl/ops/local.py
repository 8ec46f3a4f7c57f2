"""What only this machine knows of a function: pins, and where its aliases were seen before."""

from __future__ import annotations

from dataclasses import replace

from lambdactl.model import Snapshot
from lambdactl.ops.pins import Pins
from lambdactl.ops.sightings import Sightings


def with_local(snapshot: Snapshot, pins: Pins) -> Snapshot:
    """``snapshot`` with rules 5 and 16 answered too; what its aliases route to is noted."""
    inventory = snapshot.inventory
    if inventory is None:
        return snapshot
    function = snapshot.target.function
    seen = Sightings(snapshot.place)
    own = pins.uses(function, snapshot.versions)
    left = seen.left(function, snapshot.aliases)
    seen.see(function, snapshot.aliases, snapshot.taken)
    seen.save()
    known = replace(inventory, uses=(*own, *inventory.uses), left=left)
    return replace(snapshot, inventory=known)
