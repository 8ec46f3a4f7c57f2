"""A fleet: every function with its aliases, each with the state that cheap reads can tell.

Four questions are asked once for all (functions, running deployments, those that ended within the
hour, red alarms) and one for each function (its aliases). Only an alias that is being moved is
looked at as closely as ``status`` does: those are few, and they are the ones that somebody must
judge. How a rollout ended is told without that: a row must not turn green because it is over.
``list`` asks everything in one go; the console asks piece by piece, what is seen and what moves
first.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from lambdactl.aws import Aws
from lambdactl.errors import CredentialsError, LambdactlError, NotFound
from lambdactl.model import Alarm, Alias, Deployment, Snapshot, Target, Unread
from lambdactl.model_configuration import RedAlarm
from lambdactl.model_history import Ending, Endings
from lambdactl.verdict import Assessment, State, assess
from lambdactl.verdict.assessment import NEWS
from lambdactl.verdict.fleet import DANGER, urgency

FEW = 15
"""So many functions are asked at once; more are asked at a pace that leaves others their share."""

T = TypeVar("T")
RUNNING = "running deployments"
ENDED = "deployments that ended"
ALARMS = "alarms"
BLIND = timedelta(minutes=5)
"""After so long without an answer nobody knows what runs."""
MOST_ENDED = 25
"""So many deployments that ended are looked into at one look of the console's, two calls each."""

AS_RED = DANGER.index(State.FAILED) + 0.3
AS_RUNNING = DANGER.index(State.FAILED) + 0.4
AS_UNREAD = DANGER.index(State.FAILED) + 0.6
"""Where they stand among the states, worst first."""


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
    """What was seen where it was looked at closely."""
    red: tuple[RedAlarm, ...] = ()
    unread: str | None = None
    running: bool = False
    """A deployment is moving it."""
    taken: datetime | None = None
    """When it was read, on AWS's clock."""
    ended: datetime | None = None
    """When its last deployment ended, where that is within the hour."""

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

    running: tuple[Deployment, ...] = ()
    red: tuple[RedAlarm, ...] = ()
    unread: tuple[Unread, ...] = ()
    taken: datetime | None = None
    ended: tuple[Ending, ...] = ()
    """The last deployment of each alias that had one that ended within the hour."""
    seen: datetime | None = None
    """When what runs was read last, now or before; None where it never was."""

    @property
    def blind(self) -> tuple[Unread, ...]:
        """Whether a deployment moves an alias is not known any more: as a look at one of them says
        it, and none of them is green."""
        unread = next((u for u in self.unread if u.part == RUNNING), None)
        if unread is None or self.taken is None:
            return ()
        if self.seen is not None and self.taken - self.seen < BLIND:
            return ()
        return (Unread("deployment", unread.reason, unread.hint),)

    def after(self, before: Around) -> Around:
        """With what ``before`` knew of all that could not be read now: a read that is refused ends
        no rollout, and turns no alarm green."""
        parts = {u.part for u in self.unread}
        ended = self._and_still_news(before.ended) if ENDED in parts else self.ended
        over = {d.id for e in ended for d in (e.deployment, e.previous) if d is not None}
        known = tuple(d for d in before.running if d.id not in over)
        running = known if RUNNING in parts else self.running
        red = before.red if ALARMS in parts else self.red
        seen = before.seen if RUNNING in parts else self.seen
        return replace(self, running=running, red=red, ended=ended, seen=seen)

    def _and_still_news(self, before: Sequence[Ending]) -> tuple[Ending, ...]:
        """What was found, and of other aliases what ended ``before`` and is within the hour."""
        found = {(e.deployment.function, e.deployment.alias) for e in self.ended}
        others = (e for e in before if (e.deployment.function, e.deployment.alias) not in found)
        return (*self.ended, *(e for e in others if self._is_news(e.deployment.completed)))

    def _is_news(self, at: datetime | None) -> bool:
        return at is None or self.taken is None or self.taken - at < NEWS

    def ended_since(self, before: Around) -> frozenset[str]:
        """The functions whose deployments have ended since ``before``, or are no news any more."""
        running = {d.id for d in self.running}
        over = [d for d in before.running if d.id not in running]
        then, now = ({e.deployment.id: e.deployment for e in a.ended} for a in (before, self))
        news = [{**then, **now}[i] for i in then.keys() ^ now.keys()]
        return frozenset(d.function for d in (*over, *news) if d.function)

    def ending_of(self, target: Target) -> Ending | None:
        return next((e for e in self.ended if _moves(e.deployment, target)), None)

    @property
    def functions(self) -> frozenset[str]:
        """Those that a running deployment moves, or that a red alarm watches."""
        moved = {d.function for d in self.running if d.function is not None}
        return frozenset(moved | {function for a in self.red for function, _ in a.watches})


Tell = Callable[[int, int], None]
"""How many functions have been asked, of how many."""
Closely = Callable[[Alias, Target, bool], bool]
"""Whether to look at an alias as ``status`` does; told whether a deployment is moving it."""


def once(aws: Aws, target: Target) -> Snapshot:
    return aws.snapshot(target)


def every_split(alias: Alias, _target: Target, moving: bool) -> bool:
    return alias.routing.split or moving


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What of each function is to be told."""

    alias: str | None = None
    """Only aliases of this name."""
    everything: bool = False
    """Functions without such an alias, too."""
    closely: Closely = every_split
    look: Callable[[Aws, Target], Snapshot] = once
    """How it is looked at closely: afresh, or as one who looks again and again."""
    before: Mapping[str, Assessment] = field(default_factory=dict)
    """What earlier looks came to, by the name of the member: a FAIL latches."""
    ends: tuple[type[LambdactlError], ...] = (CredentialsError,)
    """Failures that are not of one function alone, and so are raised."""


def look_over(
    aws: Aws, alias: str | None, *, everything: bool = False, speed: float = 1.0, tell: Tell
) -> Fleet:
    """Every alias named ``alias``, or every alias there is; with ``everything`` the functions
    without one, too."""
    names = aws.functions()
    set_pace(aws, len(names), speed)
    around = look_around(aws, endings=sys.maxsize)
    asking = Asking(alias=alias, everything=everything)
    found: list[Member] = []
    for n, function in enumerate(names):
        tell(n, len(names))
        found += members(aws, function, around, asking)
    return Fleet(tuple(sorted(found, key=need)), len(names), around.unread)


def set_pace(aws: Aws, functions: int, speed: float) -> None:
    """``speed``: how many seconds of the account's clock one of ours is."""
    if functions > FEW:
        aws.buckets.set_pace(speed=speed)


def look_around(aws: Aws, *, endings: int = MOST_ENDED) -> Around:
    """What runs, what has just ended and what is red; what could not be read of that is unread.

    ``endings`` is how many that ended are looked into now; the others are, at the next looks.
    """
    unread: list[Unread] = []
    part = partial(_part, unread)
    no_deployments: tuple[Deployment, ...] = ()
    running = part(RUNNING, aws.running_anywhere, no_deployments)
    # After what runs: one that ends between the two is in both, and not in neither.
    ended = part(ENDED, lambda: aws.endings(within=NEWS, most=endings), Endings())
    if ended.unread is not None:
        unread.append(Unread(ENDED, ended.unread))
    no_alarms: tuple[RedAlarm, ...] = ()
    red = part(ALARMS, aws.red_alarms, no_alarms)
    now = aws.now()
    seen = None if any(u.part == RUNNING for u in unread) else now
    return Around(running, red, tuple(unread), now, ended.found, seen)


def tags(aws: Aws, function: str) -> Mapping[str, str]:
    """What a function is tagged with: one GetFunction, which has a quota of its own. None where it
    has been deleted since it was listed."""
    try:
        return aws.tags(function)
    except NotFound:
        return {}


def _part(unread: list[Unread], part: str, read: Callable[[], T], default: T) -> T:
    try:
        return read()
    except CredentialsError:
        raise
    except LambdactlError as error:
        unread.append(Unread(part, str(error), error.hint))
        return default


def members(aws: Aws, function: str, around: Around, asking: Asking) -> Iterator[Member]:
    """The aliases of one function; nothing where it has been deleted since it was listed."""
    try:
        found = aws.aliases(function)
    except asking.ends:
        raise
    except NotFound:
        return
    except LambdactlError as error:
        yield Member(function, None, None, unread=str(error), taken=aws.now())
        return
    wanted = [a for a in found if asking.alias in (None, a.name)]
    for one in wanted:
        yield _member(aws, function, one, found, around, asking)
    if asking.everything and not wanted:
        seen = _at_rest(aws, Target(function, asking.alias or ""), found)
        yield Member(function, None, assess(seen), taken=seen.taken)


def _member(
    aws: Aws,
    function: str,
    alias: Alias,
    aliases: Sequence[Alias],
    around: Around,
    asking: Asking,
) -> Member:
    target = Target(function, alias.name)
    red = tuple(a for a in around.red if _watches(a, target, alias))
    moving = any(_moves(d, target) for d in around.running)
    ending = around.ending_of(target)
    ended = ending.deployment.completed if ending else None
    known = asking.before.get(str(target))
    try:
        closely = asking.closely(alias, target, moving)
        at_rest = partial(_at_rest, aws, target, aliases, alias, red, ending, around.blind)
        seen = asking.look(aws, target) if closely else at_rest()
    except asking.ends:
        raise
    except LambdactlError as error:
        unread = str(error)
        return Member(function, alias, None, None, red, unread, moving, aws.now(), ended)
    looked, told = seen if closely else None, assess(seen, known)
    return Member(function, alias, told, looked, red, None, moving, seen.taken, ended)


def _at_rest(
    aws: Aws,
    target: Target,
    aliases: Sequence[Alias],
    alias: Alias | None = None,
    red: Sequence[RedAlarm] = (),
    ending: Ending | None = None,
    unread: tuple[Unread, ...] = (),
) -> Snapshot:
    """The little that is known of an alias that nothing moves; ``unread`` where that is not
    known."""
    alarms = (Alarm(a.name, "ALARM", a.since, a.reason, summary=a.summary) for a in red)
    last, taken_back = (ending.deployment, ending.previous) if ending else (None, None)
    known = Snapshot(aws.now(), aws.place(), target, alias, tuple(aliases), (), last, taken_back)
    return replace(known, alarms=tuple(alarms), unread=unread)


def _moves(deployment: Deployment, target: Target) -> bool:
    """One that has not told its target yet may be of any function: it is not put on all of them."""
    return (deployment.function, deployment.alias) == (target.function, target.alias)


def _watches(alarm: RedAlarm, target: Target, alias: Alias) -> bool:
    behind = {None, target.alias, *(str(v) for v in alias.routing.versions)}
    return any(f == target.function and qualifier in behind for f, qualifier in alarm.watches)


def need(member: Member) -> tuple[object, ...]:
    """Danger first, then red alarms and running deployments whatever the state, then what could not
    be read: it may be anything."""
    above = AS_RED if member.red else AS_RUNNING if member.running else len(DANGER)
    if member.assessment is None:
        return (min(AS_UNREAD, above), False, 0.0, member.name)
    state, unwarned, evidence = urgency(member.assessment)
    return (min(state, above), unwarned, evidence, member.name)
