"""Version numbers as they are typed: ``42`` or ``v42``."""

from __future__ import annotations

from lambdactl.errors import UsageError


def published(name: str, text: str) -> int:
    """The number of a published version; ``name`` is the option or argument that it was given as.

    Raises UsageError.
    """
    digits = text.removeprefix("v")
    if not digits.isascii() or not digits.isdigit() or int(digits) < 1:
        raise UsageError(
            f"{name} {text!r} is not a published version",
            why="published versions are numbers, and only they never change",
            hint="lambdactl versions   lists them",
        )
    return int(digits)
