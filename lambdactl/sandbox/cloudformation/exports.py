"""Outputs that one stack exports and another imports by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.cloudformation.records import Stack
from lambdactl.sandbox.cloudformation.template import invalid


class Exports:
    """What the stacks of an account (by stack id) export and import."""

    def __init__(self, stacks: Mapping[str, Stack]) -> None:
        self._stacks = stacks

    def all(self) -> Iterator[tuple[Stack, str, str]]:
        """(exporting stack, name, value) of every export."""
        for stack in self._stacks.values():
            for name, value in stack.exports().items():
                yield stack, name, value

    def value_for(self, importer: Stack, name: str) -> str:
        """The value of an export; from now on ``importer`` is known to use it."""
        value = self.value(name)
        importer.imports |= {name}
        return value

    def value(self, name: str) -> str:
        for _, exported, value in self.all():
            if exported == name:
                return value
        raise invalid(f"No export named {name} found.")

    def users_of(self, name: str) -> list[str]:
        return [
            stack.name
            for stack in self._stacks.values()
            if name in stack.imports and not stack.is_deleted
        ]

    def user_of(self, name: str) -> str | None:
        return next(iter(self.users_of(name)), None)

    def check_free(self, stack: Stack, name: str) -> None:
        """Raise where another stack exports ``name`` already: a name is unique in its Region."""
        for owner, exported, _ in self.all():
            if exported == name and owner is not stack:
                message = f"Export with name {name} is already exported by stack {owner.name}"
                raise ApiError("ValidationError", f"{message}. Rollback requested by user.")
