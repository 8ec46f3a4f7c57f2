"""A table on a terminal that is narrower than it: what may be cut is, and says so."""

from __future__ import annotations

from lambdactl.render.spans import cells, plain
from lambdactl.render.tables import Column, Table

TABLE = Table(
    columns=(Column("FUNCTION"), Column("WHY", spare=True)),
    rows=(("checkout", "v41 has all traffic"), ("a", "ok")),
    names=("checkout", "a"),
)


def drawn(table: Table, width: int | None, *, wide: bool = False) -> list[str]:
    return [plain(line) for line in table.lines(width=width, wide=wide)]


def test_the_last_column_is_cut_where_the_terminal_ends() -> None:
    assert drawn(TABLE, 20) == ["FUNCTION  WHY", "checkout  v41 has a…", "a         ok"]
    assert all(cells(line) <= 20 for line in drawn(TABLE, 20))


def test_nothing_is_cut_in_a_pipe_or_where_all_was_asked_for() -> None:
    whole = "checkout  v41 has all traffic"
    assert drawn(TABLE, None)[1] == drawn(TABLE, 20, wide=True)[1] == whole


def test_what_has_no_room_to_say_anything_is_left_whole() -> None:
    assert drawn(TABLE, 11)[1] == "checkout  v41 has all traffic"


def test_what_the_table_is_about_is_never_cut() -> None:
    told = Table((Column("WHAT"),), (("a long story",),), ("a",))
    assert drawn(told, 10)[1] == "a long story"
