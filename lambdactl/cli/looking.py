"""A look as ``status`` shows it: with who drives the alias, and with the operator's gates."""

from __future__ import annotations

from lambdactl.cli.kept_walks import seen
from lambdactl.cli.session import Session
from lambdactl.model import Snapshot
from lambdactl.ops.driving import with_driver
from lambdactl.ops.limiting import limited
from lambdactl.verdict.gate import Limits


def whole(session: Session, snapshot: Snapshot, limits: Limits) -> Snapshot:
    """``snapshot`` with the alarms of ``limits``, and what says who drives the alias."""
    looked = limited(session.aws, snapshot, limits)
    target = snapshot.target
    return with_driver(session.aws, looked, lambda: seen(session.place, target))
