"""What the fleet screen asks, and what comes back: one value for each answer.

The reads block, raise LambdactlError, and are called in threads; the answers are put into a
FleetWatch by the screen that gets them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lambdactl.errors import LambdactlError
from lambdactl.model import Target
from lambdactl.model_configuration import Listed
from lambdactl.ops.fleet import Around, Asking, Member
from lambdactl.ops.fleet_measuring import Measured
from lambdactl.plan.storage import Outlook


@dataclass(frozen=True, slots=True)
class FleetReads:
    """All functions of one account in one region."""

    names: Callable[[], Iterator[tuple[Listed, ...]]]
    """Every function, a page at a time."""
    around: Callable[[], Around]
    """What runs and what is red: asked once for all."""
    members: Callable[[str, Around, Asking], Iterator[Member]]
    """The aliases of one function."""
    measure: Callable[[Sequence[Target], bool], Mapping[Target, Measured]]
    """Calls and errors of these; with the 95th percentile, too, where that is asked for."""
    storage: Callable[[], Outlook]
    """What is used: one call."""
    pace: Callable[[], Iterator[Outlook | None]]
    """Every version, to tell when storage is full: None after each page, the outlook last."""
    tags: Callable[[str], Mapping[str, str]]
    """What one function is tagged with."""
    alias: str | None = None
    """Only aliases of this name are members."""


@dataclass(frozen=True, slots=True)
class Named:
    """A page of functions; ``last`` where there are no more."""

    functions: tuple[Listed, ...]
    last: bool = False


@dataclass(frozen=True, slots=True)
class FunctionRead:
    """What there is of one function, which is nothing where it has been deleted."""

    function: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class LaneEnded:
    """The functions that one thread was given have been asked, or it has failed."""

    functions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measurement:
    """``error`` where it was not to be had: then nothing is known of these."""

    targets: tuple[Target, ...]
    found: Mapping[Target, Measured]
    error: LambdactlError | None = None


@dataclass(frozen=True, slots=True)
class StorageTold:
    """``outlook`` is None while versions are still being read, or where ``error`` says why."""

    outlook: Outlook | None
    error: LambdactlError | None = None
    of_pace: bool = False
    ended: bool = True


@dataclass(frozen=True, slots=True)
class Tagged:
    """Function -> its tags; ``error`` where they were not to be had."""

    found: Mapping[str, Mapping[str, str]]
    error: LambdactlError | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """``names``, ``around`` or ``members``, then with the ``functions`` of its lane."""

    what: str
    error: LambdactlError
    functions: tuple[str, ...] = ()


News = Named | Around | FunctionRead | LaneEnded | Measurement | StorageTold | Tagged | Failed
