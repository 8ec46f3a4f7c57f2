"""The parts of a prune that hold little things together: crew, sightings, pins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lambdactl.errors import LambdactlError, Refused, UsageError
from lambdactl.model import Routing
from lambdactl.ops.crew import work
from lambdactl.ops.pins import read_pins
from lambdactl.ops.sightings import Sightings
from tests.plan.samples import NOW, PLACE, alias, version


def letters(word: str) -> Iterator[str]:
    if word == "bad":
        raise Refused("this one cannot be done")
    yield from word


def test_a_crew_does_every_job_and_each_in_its_order() -> None:
    told = list(work(["abc", "xyz", "123"], letters, 3))
    assert sorted(told) == sorted("abcxyz123")
    for word in ("abc", "xyz", "123"):
        assert [c for c in told if c in word] == list(word)


def test_the_first_error_of_a_crew_stops_all_and_is_raised() -> None:
    seen: list[str] = []

    def job(word: str) -> Iterator[str]:
        seen.append(word)
        return letters(word)

    with pytest.raises(Refused, match="cannot be done"):
        list(work(["bad", *("abc" for _ in range(1_000))], job, 2))
    assert len(seen) < 1_000


def test_who_stops_listening_stops_the_crew() -> None:
    done: list[int] = []

    def job(n: int) -> Iterator[int]:
        done.append(n)
        yield n

    told = work(range(100_000), job, 2)
    next(told)
    told.close()  # type: ignore[attr-defined]
    assert len(done) < 100_000


def test_what_an_alias_has_left_is_remembered_for_a_while(tmp_path: Path) -> None:
    seen = Sightings(PLACE, tmp_path)
    seen.see("checkout", (alias("live", Routing(7, 8, 5.0)),), NOW)
    seen.save()
    later = Sightings(PLACE, tmp_path)
    moved = (alias("live", Routing(8)),)
    assert later.left("checkout", moved) == {7: NOW}
    later.see("checkout", moved, NOW + timedelta(days=31))
    assert later.left("checkout", ()) == {8: NOW + timedelta(days=31)}


def test_what_cannot_be_read_of_it_is_an_error(tmp_path: Path) -> None:
    seen = Sightings(PLACE, tmp_path)
    seen.save()
    (path,) = tmp_path.iterdir()
    path.write_text("{ half")
    with pytest.raises(UsageError, match="what aliases have left"):
        Sightings(PLACE, tmp_path)


def test_pins_are_globs_of_function_and_version(tmp_path: Path) -> None:
    path = tmp_path / "pins"
    path.write_text("shop-*:1?   # the tens\n\ncheckout:7\n", encoding="utf-8")
    pins = read_pins(path, r"audit")
    versions = [version(7), version(12), version(13, description="for the audit of May")]
    assert [u.version for u in pins.uses("shop-api", versions)] == [12, 13]
    assert [u.version for u in pins.uses("checkout", versions)] == [7, 13]


@pytest.mark.parametrize("line", ["checkout", ":7", "checkout:live", "checkout:"])
def test_what_is_no_pin_is_told_by_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "pins"
    path.write_text(f"# pins\n{line}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=":2: "):
        read_pins(path, None)


@pytest.mark.parametrize(("path", "pattern"), [(Path("nowhere"), None), (None, "[")])
def test_a_file_or_a_pattern_that_is_none(path: Path | None, pattern: str | None) -> None:
    with pytest.raises(LambdactlError):
        read_pins(path, pattern)
