"""What a filter keeps: words that are looked for in a row, typed while the rows move.

``pay state:failing -beta`` keeps the rows with ``pay`` whose state holds ``failing`` and that have
no ``beta``; ``state:failing,paused`` keeps either. A word with a colon is about a column where
there is one of that name, and is looked for as it stands where there is none: ``checkout:live``.
Capitals do not count, nor do spaces and dashes in a column: ``state:nodata`` finds ``NO DATA``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

NO_COLUMNS: Mapping[str, str] = MappingProxyType({})
_TIGHT = str.maketrans("", "", " -_")


@dataclass(frozen=True, slots=True)
class Term:
    """One word: any of ``wanted`` is to be in the row, or in one column; ``without``: none is."""

    wanted: tuple[str, ...]
    column: str | None = None
    without: bool = False

    def keeps(self, told: str, columns: Mapping[str, str]) -> bool:
        within = told.casefold() if self.column is None else tight(columns.get(self.column, ""))
        return any(word in within for word in self.wanted) is not self.without


@dataclass(frozen=True, slots=True)
class Filter:
    """Every term must keep a row. One without terms keeps all, and is false."""

    text: str = ""
    terms: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms)

    def is_about(self, columns: Collection[str]) -> bool:
        """Whether a word is about one of ``columns``, as a heading spells them."""
        return any(term.column and term.column.upper() in columns for term in self.terms)

    def keeps(self, told: str, columns: Mapping[str, str] = NO_COLUMNS) -> bool:
        return all(term.keeps(told, columns) for term in self.terms)


def filter_of(text: str, columns: Collection[str] = ()) -> Filter:
    """The filter that ``text`` spells; half a word, as it is being typed, is a word."""
    words = (word for word in text.split() if word.strip("-!:"))
    return Filter(text, tuple(term_of(word, columns) for word in words))


def term_of(word: str, columns: Collection[str]) -> Term:
    without, word = word[0] in "-!", word.lstrip("-!")
    column, colon, said = word.partition(":")
    if not colon or column.casefold() not in columns:
        return Term((word.casefold(),), without=without)
    wanted = tuple(tight(part) for part in said.split(",") if part)
    # ``state:`` alone is about to become ``state:failing``: until then it keeps what it would keep.
    return Term(wanted or ("",), column.casefold(), without and bool(wanted))


def tight(text: str) -> str:
    return text.casefold().translate(_TIGHT)
