"""--weight: per cent, and nothing that could be read two ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdactl.cli.weight import parse_weight
from lambdactl.errors import UsageError
from tests.cli.conftest import Run
from tests.cli.shop import Shop


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("10", 10.0),
        ("10%", 10.0),
        (" 10 % ".strip(), 10.0),
        ("0.1%", 0.1),
        ("0", 0.0),
        ("1", 1.0),
        ("100", 100.0),
        ("100%", 100.0),
        ("33.5", 33.5),
        ("0%", 0.0),
        ("1e1", 10.0),
    ],
)
def test_read(text: str, weight: float) -> None:
    assert parse_weight(text) == weight


@pytest.mark.parametrize("text", ["", "%", "ten", "nan", "nan%", "10%%", "1,5"])
def test_not_a_number(text: str) -> None:
    with pytest.raises(UsageError, match="is not a number"):
        parse_weight(text)


@pytest.mark.parametrize("text", ["-1", "100.1", "101%", "inf", "-0.5"])
def test_out_of_range(text: str) -> None:
    with pytest.raises(UsageError, match="out of range"):
        parse_weight(text)


def test_between_0_and_1_both_readings_are_named(cli: Run, shop: Shop) -> None:
    said = cli("shift", "-f", "checkout:live", "--to", "42", "--weight", "0.1")
    assert said.err == (
        "error: --weight 0.1 can be read two ways\n"
        "  why: as 10 per cent, in Lambda's own 0 to 1, or as 0.1 per cent\n"
        "  try: --weight 10   or   --weight 0.1%\n"
    )
    assert (said.code, said.out, shop.connections) == (2, "", [])


@given(st.floats(0.0, 1.0, exclude_min=True, exclude_max=True))
def test_no_bare_number_between_0_and_1_is_ever_taken(weight: float) -> None:
    with pytest.raises(UsageError, match="two ways"):
        parse_weight(repr(weight))
    assert parse_weight(f"{weight!r}%") == weight


@pytest.mark.parametrize("to", ["$LATEST", "0", "-1", "two", "", "1.0", "²"])
def test_only_published_versions_get_a_weight(cli: Run, shop: Shop, to: str) -> None:
    said = cli("shift", "-f", "checkout:live", f"--to={to}", "--weight", "10")
    assert said.code == 2
    assert "is not a published version" in said.err
    assert shop.connections == []
