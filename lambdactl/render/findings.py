"""The doctor's findings as lines and as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from lambdactl.render.glyphs import Mark
from lambdactl.render.spans import Line, Span, spans
from lambdactl.render.visible import visible
from lambdactl.verdict.findings import Finding, Grade

MARKS = {
    Grade.PROBLEM: Mark("✖", "XX", "problem", "bold red"),
    Grade.WARNING: Mark("▲", "! ", "warning", "yellow"),
    Grade.UNKNOWN: Mark("?", "??", "unknown", "yellow"),
    Grade.NOTE: Mark("·", "--", "note", "dim"),
    Grade.OK: Mark("✔", "ok", "ok", "green"),
}


def finding_lines(findings: Iterable[Finding], *, ascii: bool = False) -> Iterator[Line]:
    for finding in findings:
        mark = MARKS[finding.grade]
        sign = Span(f"{mark.sign(ascii)} {mark.word:<8} ", mark.style)
        yield spans(sign, visible(finding.title))
        yield spans(Span(f"{'':11}{visible(finding.evidence)}", "dim"))
        if finding.command:
            yield spans(f"{'':11}try: {visible(finding.command)}")


def findings_data(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    return [asdict(finding) for finding in findings]
