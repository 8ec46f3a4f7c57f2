"""The words and rules that every plan about an alias's routing shares.

``undo`` is the arithmetic of ``shift`` backwards, so that the line we print is a command that this
program itself understands.
"""

from __future__ import annotations

from lambdactl.errors import NotFound, Refused
from lambdactl.model import Alias, Routing, Snapshot, Target, label


def percent(weight: float) -> str:
    """``10``, ``0.1%``: as ``--weight`` takes it, with no digit that says nothing.

    A weight between 0 and 1 carries its unit, because the bare number would be ambiguous.
    """
    text = f"{weight:.10g}"
    return f"{text}%" if 0 < weight < 1 else text


def shift_command(target: Target, to: int, weight: float) -> str:
    return f"lambdactl shift -f {target} --to {to} --weight {percent(weight)}"


def describe(routing: Routing) -> str:
    """``v41 90 %, v42 10 %``, for the sentences of a plan."""
    if routing.canary is None:
        return f"{label(routing.stable)} 100 %"
    rest = f"{100.0 - routing.weight:.10g}"
    return f"{label(routing.stable)} {rest} %, {label(routing.canary)} {routing.weight:.10g} %"


def alias_of(snapshot: Snapshot) -> Alias:
    """The target's alias, or NotFound with the aliases that there are."""
    if snapshot.alias is not None:
        return snapshot.alias
    function, name = snapshot.target.function, snapshot.target.alias
    known = sorted(a.name for a in snapshot.aliases)
    if known:
        raise NotFound(
            f"function {function} has no alias {name}",
            why=f"its aliases are {', '.join(known)}",
            hint=f"lambdactl status -f {function}:{known[0]}",
        )
    raise NotFound(
        f"function {function} has no alias {name}",
        why="it has no alias at all",
        hint=f"aws lambda create-alias --function-name {function} --name {name}"
        " --function-version VERSION",
    )


def refuse_unread_deployment(snapshot: Snapshot, verb: str) -> None:
    """Not knowing whether CodeDeploy owns the alias is no licence to move it."""
    unread = snapshot.unreadable("deployment")
    if unread is not None:
        raise Refused(
            f"cannot {verb} {snapshot.target}: whether CodeDeploy is moving it is not known",
            why=unread.reason,
            hint=unread.hint or f"lambdactl status -f {snapshot.target}",
        )


def undo(target: Target, before: Routing, after: Routing) -> str | None:
    """The shift that gives every version the share it had; None from ``$LATEST``, which has none.

    After ``v41 90, v42 10`` became ``v42 100`` it puts the two on swapped sides with the same
    shares: traffic is as before, which is what an undo is for.
    """
    if before.stable is None:
        return None
    if before.canary is None:
        return shift_command(target, before.stable, 100.0)
    if after.stable == before.stable:
        return shift_command(target, before.canary, before.weight)
    return shift_command(target, before.stable, 100.0 - before.weight)
