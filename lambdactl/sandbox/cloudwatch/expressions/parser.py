"""From the text of an expression to its tree.

Binding, loosest first: ``OR``/``||``, ``AND``/``&&``, comparisons, ``+ -``, ``* /``, ``^``, sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdactl.sandbox.cloudwatch.expressions.values import (
    Array,
    Call,
    MathError,
    Name,
    Node,
    Number,
    Operation,
    Text,
)

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<mark>==|!=|<=|>=|&&|\|\||[-+*/^<>(),\[\]]))"
)
_LEVELS = (
    {"OR": "OR", "||": "OR"},
    {"AND": "AND", "&&": "AND"},
    {mark: mark for mark in ("==", "!=", "<", ">", "<=", ">=")},
    {"+": "+", "-": "-"},
    {"*": "*", "/": "/"},
)


def parse(text: str) -> Node:
    """The tree of ``text``; :class:`MathError` says at which character it went wrong."""
    reader = _Reader(text)
    tree = reader.level(0)
    reader.expect_end()
    return tree


def names_in(node: Node) -> Iterator[str]:
    """Every query id that the tree refers to."""
    match node:
        case Name(name):
            yield name
        case Call(_, items) | Array(items):
            for item in items:
                yield from names_in(item)
        case Operation(_, left, right):
            if left is not None:
                yield from names_in(left)
            yield from names_in(right)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._next = 0

    def level(self, level: int) -> Node:
        """An expression whose operators bind as tight as ``level`` or tighter."""
        if level == len(_LEVELS):
            return self._power()
        node = self.level(level + 1)
        while (operator := _LEVELS[level].get(self._peek())) is not None:
            self._next += 1
            node = Operation(operator, node, self.level(level + 1))
        return node

    def expect_end(self) -> None:
        if self._next < len(self._tokens):
            raise self._wrong()

    def _power(self) -> Node:
        base = self._signed()
        if self._peek() != "^":
            return base
        self._next += 1
        return Operation("^", base, self._power())

    def _signed(self) -> Node:
        if (sign := self._peek()) in ("-", "+"):
            self._next += 1
            return Operation(sign, None, self._power())
        return self._atom()

    def _atom(self) -> Node:
        kind, token, _ = self._take()
        match kind:
            case "number":
                return Number(float(token))
            case "text":
                return Text(token[1:-1])
            case "name" if self._peek() == "(":
                self._next += 1
                return Call(token.upper(), self._list(")"))
            case "name":
                return Name(token)
        if token == "(":
            inner = self.level(0)
            self._expect(")")
            return inner
        if token == "[":
            return Array(self._list("]"))
        self._next -= 1
        raise self._wrong()

    def _list(self, closing: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while self._peek() != closing:
            if items:
                self._expect(",")
            items.append(self.level(0))
        self._next += 1
        return tuple(items)

    def _peek(self) -> str:
        return self._tokens[self._next][1] if self._next < len(self._tokens) else ""

    def _take(self) -> tuple[str, str, int]:
        if self._next == len(self._tokens):
            raise self._wrong()
        self._next += 1
        return self._tokens[self._next - 1]

    def _expect(self, mark: str) -> None:
        if self._peek() != mark:
            raise self._wrong()
        self._next += 1

    def _wrong(self) -> MathError:
        if self._next < len(self._tokens):
            _, token, at = self._tokens[self._next]
            return MathError(f"Unexpected '{token}' at character {at + 1}")
        return MathError(f"Unexpected end of '{self._text}'")


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    at = 0
    end = len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            rest = text[at:].lstrip()
            place = len(text) - len(rest) + 1
            raise MathError(f"Unexpected '{rest[:1]}' at character {place}")
        kind = found.lastgroup or "mark"
        yield kind, found[kind], found.start(kind)
        at = found.end()
