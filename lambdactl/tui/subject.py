"""The alias that a screen or a dialog is about: who it is, how to ask for it, what is known of it.

A screen keeps its subject for life. What comes back late, after the console has gone elsewhere,
still finds the watch that it was read for, and nothing else changes.
"""

from __future__ import annotations

from dataclasses import dataclass

from lambdactl.model import Target
from lambdactl.tui.connection import Connection, Operations
from lambdactl.tui.watch import Watch


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    target: Target
    connection: Connection
    operations: Operations
    watch: Watch


def is_same(one: Subject, other: Subject) -> bool:
    """Whether both are about one alias at one place, however often the console went there."""
    return is_about(one.connection, one.target, other)


def is_about(here: Connection, target: Target | None, of: Subject) -> bool:
    """Whether ``of`` is ``target`` at the place that ``here`` leads to."""
    there = of.connection
    return (target, here.here, here.flags) == (of.target, there.here, there.flags)


def subject(connection: Connection, target: Target) -> Subject:
    watch = Watch(interval_s=connection.interval_s)
    return Subject(target, connection, connection.on(target), watch)
