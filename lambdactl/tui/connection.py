"""The seam between the console and AWS: where it is, what it may ask, and how it gets elsewhere.

Making a :class:`Connection` asks AWS nothing, so going to another account works when the network
does not. Everything else blocks, raises LambdactlError, and is called in a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lambdactl.model import Place, Snapshot, Target
from lambdactl.model_history import AlarmChange, Past
from lambdactl.ops.events import Event
from lambdactl.plan import Plan
from lambdactl.plan.hook import Answer, Execution
from lambdactl.tui.evidence import Evidence
from lambdactl.tui.fleet_reads import FleetReads
from lambdactl.tui.session_log import Change
from lambdactl.verdict.gate import NO_LIMITS, Limits


@dataclass(frozen=True, slots=True)
class Operations:
    """What is asked and done about one alias.

    ``look`` reads one snapshot for the rollout screen, some of it from an earlier look; ``renew``
    one of which nothing is, but the metrics of this minute; ``survey`` one with code storage and
    the inventory, for versions and prune; ``recheck`` one with everything that a plan rests on,
    just before it is applied; ``act`` applies it, for a reason that is logged where nobody
    confirmed it just now, and yields what happens. ``past`` reads which
    versions carried the alias, for a rollback; ``execution`` finds the id of the hook that waits,
    for an answer in its stead; ``alarm_changes`` reads what alarms did in the past day, by name;
    ``write_plan`` writes a prune, made of a survey, to a file that is not there yet.
    """

    look: Callable[[], Snapshot]
    renew: Callable[[], Snapshot]
    survey: Callable[[], Snapshot]
    recheck: Callable[[Plan], Snapshot]
    act: Callable[[Plan, str | None], Iterator[Event]]
    evidence: Evidence
    """Past rollouts, comparisons and logs."""
    past: Callable[[], Past]
    execution: Callable[[Snapshot, Answer], Execution]
    alarm_changes: Callable[[tuple[str, ...]], Mapping[str, tuple[AlarmChange, ...]]]
    write_plan: Callable[[Snapshot, Plan, Path], None]
    limits: Limits = NO_LIMITS
    """The operator's own gates for a canary, of ``[gate]`` in the project file."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Where an operator wants to go; what is None is as it was when the console was started."""

    context: str | None = None
    profile: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What is asked of AWS: requests in the past minute, and dollars an hour at this pace."""

    per_minute: int
    usd_per_hour: float
    throttled: bool = False
    """AWS asks for fewer calls: it did so a moment ago."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One of the contexts, profiles or regions that can be gone to; ``origin`` names the file or
    the program that knows of it."""

    name: str
    about: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """Where one can go. Files are read and the loopback is asked, never the network."""

    contexts: Callable[[], tuple[Spot, ...]]
    profiles: Callable[[], tuple[Spot, ...]]
    regions: Callable[[], tuple[Spot, ...]]
    sandbox: Callable[[], str | None]
    """The context of a sandbox that runs on this machine; None where none does."""
    changes: Callable[[], tuple[Change, ...]]
    """What this session has changed, the newest first, from the audit log."""


@dataclass(frozen=True, slots=True)
class Here:
    """What led to a place, by name; None where AWS's own configuration says it."""

    context: str | None = None
    profile: str | None = None
    region: str | None = None

    @property
    def label(self) -> str:
        return " ".join(name for name in (self.context, self.profile, self.region) if name)


@dataclass(frozen=True, slots=True)
class Connection:
    """One account in one region, and what the console may do there."""

    on: Callable[[Target], Operations]
    fleet: FleetReads
    """What is asked about all functions of the region."""
    aliases: Callable[[str], tuple[str, ...]] = lambda _: ()
    """The names of a function's aliases."""
    here: Here = Here()
    place: Callable[[], Place | None] = lambda: None
    """Account and region, as far as AWS has told them; does not block."""
    in_sandbox: bool = False
    target: Target | None = None
    """The one alias that the context is about; None where it is about all."""
    badge: str = ""
    """DEMO, SANDBOX, PROD: drawn in the header, never dropped."""
    origin: str = ""
    """Where the target came from: ``context sandbox``, ``./lambdactl.toml``."""
    flags: str = ""
    """What leads to the same place on the command line: ``--context sandbox``."""
    read_only: str | None = None
    """Why nothing may be changed; None where it may."""
    production: bool = False
    """Taking all traffic, and skipping a gate, asks for the function's name to be typed."""
    interval_s: float = 5.0
    usage: Callable[[], Usage] | None = None
    """What has been asked of the account by this console; does not block. None: not counted."""
    keep: int = 5
    """How many versions the versions screen proposes to keep."""
    theme: str | None = None
    """The theme of the context, where it has one of its own."""


Connect = Callable[[Choice], Connection]
"""Raises LambdactlError for a place that there is not: an unknown context, no sandbox running."""
