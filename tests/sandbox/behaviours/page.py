"""The parts of ``docs/sandbox.md`` that are generated.

``python -m tests.sandbox.behaviours.page`` writes them; a test holds the page to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lambdactl.sandbox import contents
from tests.sandbox.behaviours import ROWS
from tests.sandbox.behaviours.every import OPEN

PAGE = Path(__file__).parents[3] / "docs" / "sandbox.md"


def table() -> Iterator[str]:
    yield "| # | what AWS does | source |"
    yield "|---|---|---|"
    for row in sorted(ROWS, key=lambda row: [int(n) for n in row.section.split(".")]):
        yield f"| {row.section} | {row.fact} | {row.grade} |"


def questions() -> Iterator[str]:
    yield "| # | nobody has verified | the sandbox | lambdactl is safe either way |"
    yield "|---|---|---|---|"
    for each in OPEN:
        yield f"| {each.section} | {each.question} | {each.chosen} | {each.safe} |"


def current(page: str) -> str:
    """``page`` with its generated parts as they should be."""
    for name, lines in (
        ("contents", contents.lines()),
        ("behaviours", table()),
        ("questions", questions()),
    ):
        part = f"<!-- {name} -->\n" + "\n".join(lines) + f"\n<!-- end of {name} -->"
        pattern = f"<!-- {name} -->\n.*?<!-- end of {name} -->"
        page, count = re.subn(pattern, part.replace("\\", r"\\"), page, flags=re.DOTALL)
        assert count == 1, f"docs/sandbox.md has no place for {name}"
    return page


if __name__ == "__main__":
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
