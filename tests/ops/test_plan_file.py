"""A prune of one function as a file: nobody else's to read, and whole or not there at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lambdactl.errors import UsageError
from lambdactl.model import Routing
from lambdactl.ops import plan_file
from lambdactl.ops.plan_file import Section, read_sections, write_plan
from lambdactl.plan import plan_prune
from tests.plan.samples import inventory, snapshot

NUMBERS = range(30, 43)
ALICE = "arn:aws:iam::123456789012:user/alice"


def written(path: Path) -> Section:
    seen = snapshot(Routing(42), numbers=NUMBERS)
    seen = replace(seen, inventory=inventory(NUMBERS))
    return write_plan(path, plan_prune(seen, 5), seen, ALICE)


def test_nobody_else_may_read_it_from_the_first_line_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, put = tmp_path / "plans" / "p.jsonl", plan_file.put
    modes = []

    def looked(*args: Any) -> None:
        modes.append(path.stat().st_mode & 0o777)
        put(*args)

    monkeypatch.setattr(plan_file, "put", looked)
    section = written(path)
    assert modes == [0o600] * 2
    assert read_sections(path) == (section,)


@pytest.mark.parametrize(
    ("fails", "said"),
    [
        (OSError(28, "No space left on device"), UsageError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_what_was_written_by_half_is_removed_and_can_be_written_again(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fails: BaseException,
    said: type[BaseException],
) -> None:
    path, put = tmp_path / "p.jsonl", plan_file.put

    def full(file: Any, digest: Any, row: dict[str, Any]) -> None:
        put(file, digest, row)
        if "function" in row:
            raise fails

    with monkeypatch.context() as disk:
        disk.setattr(plan_file, "put", full)
        with pytest.raises(said) as raised:
            written(path)
    assert list(tmp_path.iterdir()) == []
    if isinstance(raised.value, UsageError):
        told = (str(raised.value), raised.value.why)
        assert told == (f"no plan is written to {path}", "No space left on device")
    section = written(path)
    assert read_sections(path) == (section,)


def test_one_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text("mine")
    with pytest.raises(UsageError) as raised:
        written(path)
    assert raised.value.why == "File exists"
    assert path.read_text() == "mine"
