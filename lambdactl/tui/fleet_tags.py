"""To whom the functions of a fleet belong, by their tags: each is asked for once in a session.

What a function is tagged with does not change from look to look, so only what is seen is asked for,
and everything where somebody sorts or filters by it; a refresh asks again for what is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lambdactl.errors import LambdactlError
from lambdactl.model import Unread
from lambdactl.tui.settings import OWNER_TAGS

STACK_TAG = "aws:cloudformation:stack-name"
COLUMNS = ("OWNER", "STACK")


@dataclass(frozen=True, slots=True)
class Belongs:
    """Empty where a function has no such tag."""

    owner: str
    stack: str


@dataclass
class FleetTags:
    """``names`` are the tags that tell an owner, the first that there is; capitals do not count."""

    names: tuple[str, ...] = OWNER_TAGS
    found: dict[str, Belongs] = field(default_factory=dict)
    error: LambdactlError | None = None
    _again: set[str] = field(default_factory=set)

    def wanted(self, functions: Iterable[str]) -> tuple[str, ...]:
        """Those of ``functions`` that have not been asked for, in their order."""
        told = (f for f in functions if f not in self.found or f in self._again)
        return tuple(dict.fromkeys(told))

    def renew(self, functions: Iterable[str]) -> None:
        self._again |= set(functions)

    def took(self, found: Mapping[str, Mapping[str, str]], error: LambdactlError | None) -> None:
        self.error = error
        self._again -= found.keys()
        self.found.update((name, self.belongs(tags)) for name, tags in found.items())

    def belongs(self, tags: Mapping[str, str]) -> Belongs:
        told = {name.casefold(): value for name, value in tags.items()}
        owners = (told[name.casefold()] for name in self.names if name.casefold() in told)
        return Belongs(next(owners, ""), tags.get(STACK_TAG, ""))

    @property
    def unread(self) -> tuple[Unread, ...]:
        return () if self.error is None else (Unread("tags", str(self.error), self.error.hint),)
