"""Text from AWS is data: what would steer a terminal is written out instead of being sent to it."""

from __future__ import annotations

import re

STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""C0 and C1 controls, zero-width and bidirectional marks, lone surrogates."""

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    """``text`` on one line, with every control character spelled as Python spells it.

    An escape becomes the four letters ``\\x1b``; nothing is dropped, so two texts that differ look
    different.
    """
    return STEERING.sub(lambda found: _spelled(found.group()), text)


def _spelled(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


_SPELLED = str.maketrans(
    {
        "·": "-", "→": "->", "←": "<-", "…": "...", "×": "x", "–": "-", "≥": ">=", "≤": "<=",
        "›": ">", "•": "*",
    }
)  # fmt: skip


def spelled(text: str) -> str:
    """``text`` with our typography spelled out, for where only ASCII can be drawn."""
    return text.translate(_SPELLED)
