"""A finding of the doctor: what it is, what was read, and one command that changes little."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    PROBLEM = "problem"
    WARNING = "warning"
    UNKNOWN = "unknown"
    NOTE = "note"
    """Worth knowing, and nothing wrong."""
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Finding:
    """``evidence`` is what was read; ``command`` changes as little as possible, None if nothing."""

    grade: Grade
    title: str
    evidence: str
    command: str | None = None
    missing: Mapping[str, tuple[str, ...]] | None = None
    """Of permissions: command -> the actions that it lacks; None of anything else."""


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first; what is equally bad stays in its order."""
    return tuple(sorted(findings, key=lambda f: list(Grade).index(f.grade)))
