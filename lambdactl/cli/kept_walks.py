"""Walks of ``shift --steps`` on disk, and the one process that may go on with each.

A walk is kept in ``walk-ACCOUNT-REGION-FUNCTION-ALIAS.json`` under the state directory, before and
after every step, so that it can be taken over after a kill. Its process holds a lock on a file
beside it, which the system takes back when the process dies, however.
"""

from __future__ import annotations

import dataclasses
import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TextIO

from lambdactl.cli import state
from lambdactl.errors import Refused, UsageError
from lambdactl.model import Place, Target
from lambdactl.model_walk import KeptWalk
from lambdactl.state_home import state_dir
from lambdactl.verdict.gate import Limits

if TYPE_CHECKING:
    from lambdactl.ops.walking import Walk

TRIES = 3
"""How often a walker tries for its lock: whoever asks whether one lives holds it for a moment."""
TRY_S = 0.05


def saving(place: Place, target: Target) -> Callable[[Walk | None], None]:
    name = file_of(place, target)

    def save(plan: Walk | None) -> None:
        if plan is None:
            state.forget(name)
            return
        known = dataclasses.asdict(plan)
        at = plan.step_at.isoformat() if plan.step_at else None
        state.write(name, {**known, "step_at": at})

    return save


def file_of(place: Place, target: Target) -> str:
    return f"walk-{place.account_id}-{place.region}-{target.function}-{target.alias}.json"


def kept(place: Place, target: Target) -> Walk | None:
    """The walk of this alias that was left. Raises UsageError where its file is spoilt."""
    known = state.read(file_of(place, target))
    if known is None:
        return None
    # Every status asks, and hardly ever is there one.
    from lambdactl.ops.walking import Walk

    try:
        words: dict[str, Any] = {f.name: known[f.name] for f in dataclasses.fields(Walk)}
        at, limits = words["step_at"], words["limits"]
        return Walk(
            **{
                **words,
                "target": Target(**words["target"]),
                "steps": tuple(words["steps"]),
                "limits": Limits(**{**limits, "alarms": tuple(limits["alarms"])}),
                "step_at": datetime.fromisoformat(at) if at else None,
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        path = state_dir() / file_of(place, target)
        raise UsageError(f"{path} is no walk", why=str(error), hint=f"rm {path}") from error


@contextmanager
def the_only_walker(place: Place, target: Target) -> Iterator[None]:
    """One walker of an alias on this machine; the system lets go when the process dies, however."""
    path = state_dir() / f"{file_of(place, target)}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as held:
        tries = 1
        while not takes(held, fcntl.LOCK_EX):
            if tries == TRIES:
                raise Refused(
                    f"{target} is being walked by another process on this machine",
                    why="its revision id would let only one of the two go on",
                    hint=f"stop that one (its Ctrl-C), then lambdactl shift --resume -f {target}",
                )
            tries += 1
            time.sleep(TRY_S)
        yield


def seen(place: Place, target: Target) -> KeptWalk | None:
    """The walk of this alias for whoever shows it; None where there is none."""
    walk = kept(place, target)
    if walk is None:
        return None
    due = walk.step_at + timedelta(seconds=walk.every_s) if walk.step_at else None
    return KeptWalk(
        to=walk.to,
        steps=walk.steps,
        done=walk.done,
        guard=walk.guard,
        next_at=due if walk.next_weight is not None else None,
        revision_id=walk.revision_id,
        running=is_walked(place, target),
    )


def is_walked(place: Place, target: Target) -> bool:
    """Whether a process on this machine holds the lock of this alias's walk."""
    try:
        with (state_dir() / f"{file_of(place, target)}.lock").open() as held:
            return not takes(held, fcntl.LOCK_SH)
    except FileNotFoundError:
        return False


def takes(file: TextIO, how: int) -> bool:
    """Take the lock if it is free, until ``file`` is closed; whether it is ours now."""
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
