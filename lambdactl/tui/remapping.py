"""The keys that an operator moves: checked before the console opens, so that none is lost in it.

``[keys]`` of the operator's file maps the names that ``lambdactl keys`` lists to keys. A name or a
key that does not exist, two actions on one key of one screen, and a change of AWS on a key that is
struck by mistake are errors that say what to write instead.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from textual.binding import Binding
from textual.keys import KEY_ALIASES, KEY_TO_UNICODE_NAME, Keys, _character_to_key

from lambdactl.errors import UsageError
from lambdactl.tui import keys as bound

ANYWHERE = ("everywhere", "list", "hindered")
"""The lists whose keys work on every screen."""
NAMED = frozenset(key.value for key in Keys) | frozenset(KEY_ALIASES)
UNSAFE = frozenset(("enter", "escape", "tab", "shift+tab", "space", "backspace"))
"""No change of AWS is put on a key that is pressed to get along."""
KEPT = frozenset(("ctrl+c", "ctrl+q"))
"""The two ways out that no file takes away."""


def remapped(wanted: Mapping[str, str], where: str = "keys") -> dict[str, str]:
    """``wanted`` as Textual's keymap. Raises UsageError that begins with ``where``."""
    names = {binding.id for _, binding in bound.every() if binding.id}
    keymap = {}
    for name, told in wanted.items():
        if name not in names:
            near = difflib.get_close_matches(name, sorted(names), n=1)
            hint = f"did you mean {near[0]}?" if near else "lambdactl keys   lists the names"
            raise UsageError(f"{where}: there is no action {name}", hint=hint)
        keymap[name] = ",".join(_key(name, key, where) for key in _parts(told))
    _refuse_clashes(keymap, where)
    return keymap


def _parts(told: str) -> list[str]:
    """``a,b`` is two keys; a comma alone is one."""
    return [told] if told.strip() == "," else [part.strip() for part in told.split(",")]


def _key(name: str, told: str, where: str) -> str:
    key = _character_to_key(told) if len(told) == 1 else told.lower()
    *modifiers, last = key.split("+") if key != "+" else ["plus"]
    known = len(last) == 1 or last in NAMED or last in KEY_TO_UNICODE_NAME or len(told) == 1
    if not known or not set(modifiers) <= {"ctrl", "shift", "alt"} or not told.strip():
        raise UsageError(
            f"{where}: {name} = {told!r} is not a key",
            why="a key is one character, or a name: f5, home, question_mark, ctrl+t",
            hint=f'{name} = "f5"',
        )
    if key in KEPT:
        raise UsageError(f"{where}: {name}: {key} quits, and keeps doing so", hint="another key")
    if name in bound.WRITES and ("ctrl" in modifiers or key in UNSAFE):
        raise UsageError(
            f"{where}: {name} changes something at AWS and cannot be on {key}",
            why="ctrl, enter, escape, tab, space and backspace are struck without thinking",
            hint=f'{name} = "{bound.SHOWN[name]}"',
        )
    return key


def _refuse_clashes(keymap: Mapping[str, str], where: str) -> None:
    """Two actions that work on one screen must not have one key."""
    screens: dict[str, list[Binding]] = {}
    for screen, binding in bound.every():
        screens.setdefault(screen, []).append(binding)
    everywhere = [b for screen in ANYWHERE for b in screens.pop(screen, [])]
    for screen, own in (("everywhere", []), *screens.items()):
        _refuse_clash([*everywhere, *own], keymap, screen, where)


def _refuse_clash(
    bindings: Iterable[Binding], keymap: Mapping[str, str], screen: str, where: str
) -> None:
    taken: dict[str, str] = {}
    for binding in bindings:
        name = binding.id or binding.action
        for key in keys_of(binding, keymap):
            other = taken.setdefault(key, name)
            if other != name and (other in keymap or name in keymap):
                raise UsageError(
                    f"{where}: {other} and {name} are both on {bound.spelled(key)} ({screen})",
                    why="one key does one thing on a screen",
                    hint=f"give {name if other in keymap else other} another key as well",
                )


def keys_of(binding: Binding, keymap: Mapping[str, str]) -> list[str]:
    """The keys of a binding, as Textual names them."""
    told = keymap.get(binding.id or "", binding.key)
    return [key.strip() for key in told.split(",")]


def shown(keymap: Mapping[str, str]) -> dict[str, str]:
    """How the moved keys are shown."""
    return {name: bound.spelled(keys) for name, keys in keymap.items()}
