"""One command's way to AWS: the target with the origin of each part, the account, the door.

Nothing is planned before the account is known to be the one that was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import sleep
from typing import TYPE_CHECKING

from lambdactl.cli import config, state
from lambdactl.cli.hearing import call_log, slow_down_once
from lambdactl.cli.options import Asked
from lambdactl.cli.permitting import why_read_only
from lambdactl.cli.picker import pick_target
from lambdactl.cli.target import SANDBOX, Wanted, wanted
from lambdactl.cli.terminal import Terminal
from lambdactl.errors import CredentialsError, LambdactlError, NoRegion, NotFound
from lambdactl.model import Place, Target
from lambdactl.render.addressed import addressed
from lambdactl.render.columns import folded
from lambdactl.render.spans import Line, Span, cells, labelled
from lambdactl.render.visible import visible
from lambdactl.state_home import cache_dir

if TYPE_CHECKING:
    from lambdactl.aws import Aws

INTERVAL_S = 5.0
LABEL = 9


@dataclass(frozen=True, slots=True)
class Session:
    asked: Asked
    wanted: Wanted
    aws: Aws
    place: Place
    sleep: Callable[[float], None]

    @property
    def terminal(self) -> Terminal:
        return self.asked.terminal

    @property
    def interval_s(self) -> float:
        return interval_s(self.wanted)

    @property
    def production(self) -> bool:
        return self.wanted.production

    @property
    def read_only(self) -> str | None:
        """Why nothing may be changed in this run; None where it may."""
        return why_read_only(self.asked, self.wanted)

    def leaves(self, state_of_aws: str) -> None:
        """What a Ctrl-C from now on will say."""
        self.asked.run.left = self.addressed(state_of_aws)

    def addressed(self, text: str) -> str:
        return addressed(text, self.wanted.flags)


@contextmanager
def opened(asked: Asked, *, needs_alias: bool = True) -> Iterator[tuple[Session, Target]]:
    """The target that is meant and the way to it. Prints the target block.

    What no source says a person is asked for; where there is none, UsageError says the way out.
    """
    meant = wanted(asked)
    function, alias = meant.get("function"), meant.get("alias")
    missing = function is None or (alias is None and needs_alias)
    target = None
    if not (missing and asked.terminal.interactive):
        target = meant.target(needs_alias=needs_alias)
    with entered(asked, meant) as session:
        if target is None:
            target = pick_target(
                asked.terminal, session.aws, function, alias, needs_alias=needs_alias
            )
        session.terminal.say(*target_lines(session, target, "function", "alias"))
        yield session, target


@contextmanager
def entered(asked: Asked, meant: Wanted) -> Iterator[Session]:
    """Connect and check the account; errors leave with commands that lead back to this place."""
    try:
        aws = connected(meant)
        asked.terminal.ascii |= config.ui(config.user_file()).get("ascii", False)
        aws.on_throttled = slow_down_once(asked.terminal)
        aws.on_call = call_log()
        yield reached(asked, meant, aws)
    except LambdactlError as error:
        if error.hint:
            error.hint = addressed(error.hint, meant.flags)
        if isinstance(error, CredentialsError | NoRegion | NotFound) and not meant.in_sandbox:
            _point_to_sandbox(error)
        raise


def reached(asked: Asked, meant: Wanted, aws: Aws) -> Session:
    """The session, once the account is known to be the one that is meant."""
    place = aws.place()
    meant.require_place(place)
    aws.read_only = why_read_only(asked, meant)
    return Session(asked, meant, aws, place, sleep)


def interval_s(meant: Wanted) -> float:
    """Wall seconds between two looks: shorter where the account's clock runs faster."""
    return max(INTERVAL_S / speed_of(meant), 0.5)


def speed_of(meant: Wanted) -> float:
    """How many seconds of the account's clock one of ours is."""
    running = state.sandbox() if meant.in_sandbox else None
    return running.speed if running else 1.0


def _point_to_sandbox(error: LambdactlError) -> None:
    """Somebody who has just started a sandbox may have meant that."""
    if state.sandbox() is not None:
        hint = "--context sandbox, which is running"
        error.hint = f"{error.hint}   or   {hint}" if error.hint else hint


def connected(meant: Wanted) -> Aws:
    from lambdactl.aws import connect

    access_key, secret_key = meant.credentials or (None, None)
    aws = connect(
        profile=meant.profile,
        region=meant.get("region"),
        endpoint_url=meant.get("endpoint_url"),
        access_key=access_key,
        secret_key=secret_key,
        known_accounts=cache_dir() / "accounts.json",
        expects_account=meant.get("account_id"),
    )
    aws.buckets.set_pace(speed=speed_of(meant))
    return aws


def target_lines(session: Session, target: Target | None, *keys: str) -> list[Line]:
    """The target block: what is meant, in which account, and where each part came from."""
    meant, place = session.wanted, session.place
    width = session.terminal.width
    room = None if width is None else width - LABEL
    what = _named(target, room) if target else []
    parts: list[Span | str] = [*what, place.account_id, *_badges(session), place.region]
    elsewhere = [place.endpoint] if place.endpoint and not meant.in_sandbox else []
    where = [*parts, *elsewhere, *(["read-only"] if session.read_only else [])]
    shown = [k for k in (*keys, "context", "profile", "region") if k in meant.values]
    if meant.in_sandbox:
        shown.remove("region")
    origins = [Span(_origin(meant, key), "dim") for key in shown]
    lines = [*folded(where, room), *folded(origins, room, gap="   ")]
    return [labelled(LABEL, "" if n else "Target", *line) for n, line in enumerate(lines)]


def _named(target: Target, room: int | None) -> list[str]:
    """``checkout:live``; function and alias each for itself where both are too long for a line."""
    if not target.alias:
        return [target.function]
    whole = str(target)
    if room is None or cells(whole) <= room:
        return [whole]
    return [f"{target.function}:", target.alias]


def _badges(session: Session) -> list[Span | str]:
    """Which account it is in a word: production by its colour and its frame as well."""
    env = session.wanted.get("env")
    if session.wanted.in_sandbox:
        return [f"({SANDBOX.upper()} {session.place.endpoint or ''})".replace(" )", ")")]
    if session.production:
        word = visible((env or "").upper())
        return [Span(f"[{word}]" if session.terminal.ascii else f"▌{word}▐", "bold red")]
    return [f"({visible(env.upper())})"] if env else []


def _origin(meant: Wanted, key: str) -> str:
    """``function ← ./lambdactl.toml``, ``profile ops ← AWS_PROFILE``."""
    value = meant.values[key]
    name = key if key in ("function", "alias") else f"{key} {value.text}"
    return f"{visible(name)} ← {visible(value.origin)}"
