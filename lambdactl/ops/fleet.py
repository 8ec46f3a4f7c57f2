"""A fleet: every function with the alias, each with the state that cheap reads can tell.

Three questions are asked once for all (functions, running deployments, red alarms) and one for each
function (its aliases). Only an alias that is split, or that a deployment is moving, is looked at as
closely as ``status`` does: those are few, and they are the ones that somebody must judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lambdactl.aws import Aws
from lambdactl.errors import CredentialsError, LambdactlError, NotFound
from lambdactl.model import Alarm, Alias, Deployment, Snapshot, Target, Unread
from lambdactl.model_configuration import RedAlarm
from lambdactl.verdict import Assessment, assess
from lambdactl.verdict.fleet import urgency

FEW = 15
"""So many functions are asked at once; more are asked at a pace that leaves others their share."""


@dataclass(frozen=True, slots=True)
class Member:
    """One alias of one function; ``alias`` is None where the function has none, or it is unknown.

    ``red`` are alarms in ALARM that watch it, whether a deployment group knows them or not.
    """

    function: str
    alias: Alias | None
    assessment: Assessment | None
    """None where it could not be read: see ``unread``."""
    snapshot: Snapshot | None = None
    red: tuple[RedAlarm, ...] = ()
    unread: str | None = None

    @property
    def target(self) -> Target:
        return Target(self.function, self.alias.name if self.alias else "")

    @property
    def name(self) -> str:
        return str(self.target) if self.alias else self.function


@dataclass(frozen=True, slots=True)
class Fleet:
    """Members by need, worst first. ``functions`` is how many there are, ``listed`` or not."""

    members: tuple[Member, ...]
    functions: int
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class Around:
    """What was asked once for the whole fleet."""

    running: tuple[Deployment, ...]
    red: tuple[RedAlarm, ...]
    unread: tuple[Unread, ...]


Tell = Callable[[int, int], None]
"""How many functions have been asked, of how many."""


def look_over(
    aws: Aws, alias: str | None, *, everything: bool = False, speed: float = 1.0, tell: Tell
) -> Fleet:
    """Every alias named ``alias``, or every alias there is; with ``everything`` the functions
    without one, too."""
    names = aws.functions()
    if len(names) > FEW:
        aws.buckets.set_pace(speed=speed)
    around = _around(aws)
    members: list[Member] = []
    for n, function in enumerate(names):
        tell(n, len(names))
        members += _of_function(aws, function, alias, around, everything)
    return Fleet(tuple(sorted(members, key=_need)), len(names), around.unread)


def _around(aws: Aws) -> Around:
    unread: list[Unread] = []
    running: tuple[Deployment, ...] = ()
    red: tuple[RedAlarm, ...] = ()
    try:
        running = aws.running_anywhere()
    except CredentialsError:
        raise
    except LambdactlError as error:
        unread.append(Unread("running deployments", str(error), error.hint))
    try:
        red = aws.red_alarms()
    except LambdactlError as error:
        unread.append(Unread("alarms", str(error), error.hint))
    return Around(running, red, tuple(unread))


def _of_function(
    aws: Aws, function: str, alias: str | None, around: Around, everything: bool
) -> Iterator[Member]:
    try:
        found = aws.aliases(function)
    except CredentialsError:
        raise
    except NotFound:
        # It has been deleted since it was listed: then it is no member.
        return
    except LambdactlError as error:
        yield Member(function, None, None, unread=str(error))
        return
    wanted = [a for a in found if alias in (None, a.name)]
    for one in wanted:
        yield _member(aws, function, one, found, around)
    if everything and not wanted:
        yield Member(function, None, assess(_at_rest(aws, Target(function, alias or ""), found)))


def _member(
    aws: Aws, function: str, alias: Alias, aliases: Sequence[Alias], around: Around
) -> Member:
    target = Target(function, alias.name)
    red = tuple(a for a in around.red if _watches(a, target, alias))
    moving = any(_moves(d, target) for d in around.running)
    try:
        closely = alias.routing.split or moving
        seen = aws.snapshot(target) if closely else _at_rest(aws, target, aliases, alias, red)
    except CredentialsError:
        raise
    except LambdactlError as error:
        return Member(function, alias, None, red=red, unread=str(error))
    return Member(function, alias, assess(seen), seen if closely else None, red)


def _at_rest(
    aws: Aws,
    target: Target,
    aliases: Sequence[Alias],
    alias: Alias | None = None,
    red: Sequence[RedAlarm] = (),
) -> Snapshot:
    """The little that is known of an alias that nothing moves."""
    alarms = (Alarm(a.name, "ALARM", a.since, a.reason, summary=a.summary) for a in red)
    return Snapshot(aws.now(), aws.place(), target, alias, tuple(aliases), (), alarms=tuple(alarms))


def _moves(deployment: Deployment, target: Target) -> bool:
    """One that has not told its target yet may be of any function: it is not put on all of them."""
    return (deployment.function, deployment.alias) == (target.function, target.alias)


def _watches(alarm: RedAlarm, target: Target, alias: Alias) -> bool:
    behind = {None, target.alias, *(str(v) for v in alias.routing.versions)}
    return any(f == target.function and qualifier in behind for f, qualifier in alarm.watches)


def _need(member: Member) -> tuple[object, ...]:
    """What could not be read first, for it may be anything; then danger; red before green."""
    if member.assessment is None:
        return (-1, False, 0.0, False, member.name)
    state, unwarned, evidence = urgency(member.assessment)
    return (state, unwarned, evidence, not member.red, member.name)
