"""One UpdateAlias: written with its lock, read back, and verified to be what the plan said.

A write is never repeated by itself. Where nobody answered, the alias is read: its revision id says
whether the write was done. Where the lock did not hold, nothing was done, and the error says where
the alias is now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from lambdactl.errors import LambdactlError, PartlyDone, Stale, Unreachable
from lambdactl.model import Alias
from lambdactl.ops.events import AliasMoved, AliasVerified, Event
from lambdactl.plan.actions import UpdateAlias
from lambdactl.plan.routing import describe

if TYPE_CHECKING:
    from lambdactl.aws import Aws

READS_BACK = 5
"""An alias that has just been written may still be read as it was, for a moment."""


def reroute(
    action: UpdateAlias, aws: Aws, *, sleep: Callable[[float], None], interval_s: float
) -> Iterator[Event]:
    """Raises Stale (nothing done), PartlyDone (somebody else moved it after), or the error."""
    written = write(action, aws)
    yield AliasMoved(
        at=aws.now(),
        target=action.target,
        before=action.before,
        after=written.routing,
        revision_id=written.revision_id,
        by="lambdactl",
    )
    there = read_back(action, written, aws, sleep, interval_s)
    yield AliasVerified(aws.now(), action.target, there.routing, there.revision_id)


def write(action: UpdateAlias, aws: Aws) -> Alias:
    try:
        return aws.update_alias(action.target, action.after, action.revision_id)
    except Stale as error:
        raise moved_meanwhile(action, aws.alias(action.target), error) from error
    except Unreachable as error:
        there = aws.alias(action.target)
        if there.revision_id == action.revision_id:
            error.why = f"{error.why}; nothing was changed"
            raise
        if there.routing == action.after:
            return there
        raise moved_meanwhile(action, there, error) from error


def moved_meanwhile(action: UpdateAlias, there: Alias, error: LambdactlError) -> Stale:
    stale = Stale(
        f"alias {action.target} changed while you were looking"
        f" (rev {action.revision_id[:8]} → {there.revision_id[:8]}); nothing was done",
        why=f"it now routes {describe(there.routing)}; it routed {describe(action.before)}",
        hint=f"lambdactl status -f {action.target}   then repeat",
    )
    stale.aws_code, stale.request_id = error.aws_code, error.request_id
    stale.revision_id = there.revision_id
    return stale


def read_back(
    action: UpdateAlias,
    written: Alias,
    aws: Aws,
    sleep: Callable[[float], None],
    interval_s: float,
) -> Alias:
    for _ in range(READS_BACK):
        there = aws.alias(action.target)
        if there.revision_id != action.revision_id:
            break
        sleep(interval_s)
    if there.routing == action.after:
        return there
    raise PartlyDone(
        f"alias {action.target} was moved to {describe(action.after)}, but does not stay there",
        why=f"read back it routes {describe(there.routing)}"
        f" (rev {there.revision_id[:8]}, ours was {written.revision_id[:8]})",
        hint=f"lambdactl status -f {action.target}",
    )
