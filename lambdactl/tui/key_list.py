"""Every key of the console as plain values, for those who cannot see the console: ``keys``."""

from __future__ import annotations

from typing import NamedTuple

from textual.binding import Binding
from textual.keys import format_key

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


def key_list() -> list[Key]:
    """Every binding, by screen, in the order of its list."""
    return [
        _key(name.lower(), binding)
        for name, bindings in vars(bound).items()
        if name.isupper() and isinstance(bindings, list)
        for binding in bindings
        if isinstance(binding, Binding)
    ]


def _key(screen: str, binding: Binding) -> Key:
    return Key(
        screen,
        binding.key_display or " ".join(format_key(k) for k in binding.key.split(",")),
        binding.id or binding.action,
        bound.SAID.get(binding.id or "", binding.description),
        binding.id in bound.WRITES,
    )
