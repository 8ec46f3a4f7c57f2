"""CBOR (RFC 8949), as much of it as the smithy-rpc-v2-cbor protocol uses.

AWS's newer SDKs speak it to CodeDeploy and CloudWatch. Times are tag 1, an epoch in seconds.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from typing import Any

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_INDEFINITE = 31
_FLOATS = {25: ("e", 2), 26: ("f", 4), 27: ("d", 8)}
_SIMPLES = {20: False, 21: True, 22: None, 23: None}


class MalformedCbor(ValueError):
    """The bytes are not CBOR."""


class _Break:
    """The end of a string, array or map whose length was not given."""


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for info, letter, limit in ((24, "B", 1 << 8), (25, "H", 1 << 16), (26, "I", 1 << 32)):
        if number < limit:
            return bytes([major << 5 | info]) + struct.pack(f">{letter}", number)
    return bytes([major << 5 | 27]) + struct.pack(">Q", number)


def dumps(value: Any) -> bytes:
    """``value`` (numbers, text, bytes, times, lists, dicts) as CBOR."""
    out = bytearray()
    _write(value, out)
    return bytes(out)


def _write(value: Any, out: bytearray) -> None:
    match value:
        case None:
            out.append(0xF6)
        case bool():
            out.append(0xF5 if value else 0xF4)
        case int():
            out += _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
        case float():
            out += b"\xfb" + struct.pack(">d", value)
        case str():
            text = value.encode()
            out += _head(_TEXT, len(text)) + text
        case bytes():
            out += _head(_BYTES, len(value)) + value
        case datetime():
            out += _head(_TAG, 1)
            _write(round(value.timestamp(), 3), out)
        case dict():
            out += _head(_MAP, len(value))
            for key, item in value.items():
                _write(key, out)
                _write(item, out)
        case list() | tuple():
            out += _head(_ARRAY, len(value))
            for item in value:
                _write(item, out)
        case _:
            raise TypeError(f"{type(value).__name__} has no CBOR form")


def loads(data: bytes) -> Any:
    """The value that ``data`` holds; :class:`MalformedCbor` if it holds none."""
    return _Reader(data).item()


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        piece = self.data[self.at : self.at + count]
        if len(piece) < count:
            raise MalformedCbor("the body ends in the middle of a value")
        self.at += count
        return piece

    def item(self) -> Any:
        initial = self.take(1)[0]
        major, info = initial >> 5, initial & 31
        if major == _SIMPLE:
            return self._simple(info)
        if info == _INDEFINITE:
            return self._indefinite(major)
        return self._definite(major, self._number(info))

    def _number(self, info: int) -> int:
        if info < 24:
            return info
        if info > 27:
            raise MalformedCbor(f"length {info} is reserved")
        return int.from_bytes(self.take(1 << (info - 24)), "big")

    def _simple(self, info: int) -> Any:
        if info == _INDEFINITE:
            return _Break
        if info in _FLOATS:
            letter, size = _FLOATS[info]
            return struct.unpack(f">{letter}", self.take(size))[0]
        if info not in _SIMPLES:
            raise MalformedCbor(f"simple value {info} is not known")
        return _SIMPLES[info]

    def _definite(self, major: int, number: int) -> Any:
        match major:
            case 0:
                return number
            case 1:
                return -1 - number
            case 2:
                return self.take(number)
            case 3:
                return self.take(number).decode()
            case 4:
                return [self.item() for _ in range(number)]
            case 5:
                return {self.item(): self.item() for _ in range(number)}
            case _:
                return self._tagged(number)

    def _tagged(self, tag: int) -> Any:
        value = self.item()
        return datetime.fromtimestamp(value, UTC) if tag == 1 else value

    def _indefinite(self, major: int) -> Any:
        items = list(iter(self.item, _Break))
        match major:
            case 2:
                return b"".join(items)
            case 3:
                return "".join(items)
            case 4:
                return items
            case 5:
                return dict(zip(items[::2], items[1::2], strict=True))
            case _:
                raise MalformedCbor("only strings, arrays and maps may be of unknown length")
