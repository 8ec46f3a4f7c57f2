"""Every key of the console as plain values, for those who cannot see the console: ``keys``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from textual.binding import Binding

from lambdactl.tui import keys as bound


class Key(NamedTuple):
    screen: str
    """everywhere, rollout, versions, ..."""
    key: str
    action: str
    """The name by which the key is remapped."""
    does: str
    writes: bool
    """Whether what it leads to changes something at AWS."""


def key_list(moved: Mapping[str, str]) -> list[Key]:
    """Every binding, by screen, in the order of its list; ``moved`` are the keys that the operator
    gave to actions, as they are shown."""
    return [_key(screen, binding, moved) for screen, binding in bound.every()]


def _key(screen: str, binding: Binding, moved: Mapping[str, str]) -> Key:
    own = binding.key_display or bound.spelled(binding.key)
    return Key(
        screen,
        moved.get(binding.id or "", own),
        binding.id or binding.action,
        bound.SAID.get(binding.id or "", binding.description),
        binding.id in bound.WRITES,
    )
