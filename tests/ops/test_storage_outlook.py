"""The day on which code storage is full: read seldom, kept for a day, and never made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from lambdactl.aws.fleet import Swept
from lambdactl.errors import PermissionDenied
from lambdactl.model import Place
from lambdactl.model_storage import LayerVersion, Storage
from lambdactl.ops.storage_outlook import StorageMemory, outlook, read_pace
from tests.tui import builders

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
MIB = 1 << 20


@dataclass
class Account:
    """Two functions; v2 of one was published ten days ago."""

    at: datetime = NOW
    storage_: Storage = field(default_factory=lambda: Storage(400 * MIB, 1000 * MIB))
    layers_denied: bool = False
    told: list[str] = field(default_factory=list)
    where: Place = builders.PLACE

    def place(self) -> Place:
        return self.where

    def now(self) -> datetime:
        return self.at

    def tell(self, line: str) -> None:
        self.told.append(line)

    def storage(self) -> Storage:
        return self.storage_

    def sweep(self) -> Iterator[Swept]:
        days = timedelta(days=1)
        old = builders.version(1, published=NOW - 90 * days, code_size=50 * MIB)
        new = builders.version(2, published=NOW - 10 * days, code_size=20 * MIB)
        latest = builders.version(0, published=NOW - days, code_size=99 * MIB)
        yield Swept((("a", latest), ("a", old)), {"arn:x:1": 10 * MIB})
        yield Swept((("a", new),), {})

    def layer_versions(self, known: dict[str, int]) -> Iterator[LayerVersion]:
        if self.layers_denied:
            raise PermissionDenied("no permission", action="lambda:ListLayers")
        assert known == {"arn:x:1": 10 * MIB}
        yield LayerVersion("x", 1, "arn:x:1", 10 * MIB, NOW - timedelta(days=5))
        yield LayerVersion("y", 1, "arn:y:1", 70 * MIB, NOW - timedelta(days=50))


def test_until_all_versions_have_been_read_the_day_is_not_known() -> None:
    told = outlook(Account())  # type: ignore[arg-type]
    assert (told.used, told.limit) == (400 * MIB, 1000 * MIB)
    assert told.pace is None and told.full_at is None and told.prunable is None


def test_the_pace_is_what_was_published_in_thirty_days_and_is_kept_for_a_day() -> None:
    account = Account()
    *progress, read = read_pace(account)  # type: ignore[arg-type]
    assert progress == [None, None]
    assert read is not None and read.published == 30 * MIB
    assert read.full_at == NOW + timedelta(days=600)
    account.at += timedelta(hours=23)
    assert outlook(account).published == 30 * MIB  # type: ignore[arg-type]
    account.at += timedelta(hours=2)
    assert outlook(account).published is None  # type: ignore[arg-type]


def test_layers_that_may_not_be_read_make_the_pace_the_least_that_was() -> None:
    *_, read = read_pace(Account(layers_denied=True))  # type: ignore[arg-type]
    assert read is not None and read.published == 20 * MIB


def test_another_account_under_the_same_number_is_not_taken_for_this_one() -> None:
    account = Account()
    list(read_pace(account))  # type: ignore[arg-type]
    account.where = Place("123456789012", "eu-west-1", endpoint="http://127.0.0.1:4566")
    assert outlook(account).published is None  # type: ignore[arg-type]


def test_a_spoilt_file_is_told_and_not_believed() -> None:
    account = Account()
    list(read_pace(account))  # type: ignore[arg-type]
    memory = StorageMemory(account.place(), account.tell)
    memory._path.write_text('{"taken": 5}')
    assert outlook(account).published is None  # type: ignore[arg-type]
    assert "cannot be read" in account.told[-1]
