"""The order of a fleet: by need, or by any column, with what is not known always last."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from lambdactl.tui.fleet_row import FleetRow


@dataclass(frozen=True, slots=True)
class Column:
    """``key`` of a row, None where it is not known; ``falling``: the largest is what one looks
    for, and comes first."""

    name: str
    key: Callable[[FleetRow], object | None]
    falling: bool = False


def folded(name: str | None) -> str | None:
    return name.casefold() if name else None


COLUMNS = (
    Column("STATE", lambda row: row.need),
    Column("FUNCTION", lambda row: row.name),
    Column("ROUTING", lambda row: row.canary_weight, falling=True),
    Column("ERR%", lambda row: row.rate, falling=True),
    Column("RATIO", lambda row: row.ratio, falling=True),
    Column("CALLS", lambda row: row.calls, falling=True),
    Column("P95", lambda row: row.p95_ms, falling=True),
    Column("ALARM", lambda row: row.red_count or None, falling=True),
    Column("DRIVER", lambda row: row.driver or None),
    Column("AGE", lambda row: row.changed, falling=True),
    Column("CODE", lambda row: row.code_size, falling=True),
    Column("OWNER", lambda row: folded(row.owner)),
    Column("STACK", lambda row: folded(row.stack)),
)
BY_NAME = {column.name: column for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Sorting:
    """By which column; ``turned``: the other way round than one looks for."""

    column: str = "STATE"
    turned: bool = False

    def moved(self, by: int, names: tuple[str, ...]) -> Sorting:
        """The column ``by`` further among ``names``, those that are on the screen."""
        at = names.index(self.column) if self.column in names else 0
        return Sorting(names[(at + by) % len(names)])

    def reversed(self) -> Sorting:
        return replace(self, turned=not self.turned)

    @property
    def descends(self) -> bool:
        """Whether values fall from the first row to the last."""
        return BY_NAME[self.column].falling is not self.turned

    def sorted(self, rows: Iterable[FleetRow]) -> list[FleetRow]:
        """Rows with equal values are in the order of need, whichever way round."""
        key = BY_NAME[self.column].key
        told = [(key(row), row) for row in sorted(rows, key=lambda row: row.need)]
        known = [pair for pair in told if pair[0] is not None]
        known.sort(key=lambda pair: pair[0], reverse=self.descends)  # type: ignore[arg-type,return-value]
        return [row for _, row in known] + [row for value, row in told if value is None]
