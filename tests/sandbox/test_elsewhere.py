"""The table of behaviours can be put to an account that only boto3 knows."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from lambdactl.sandbox.open import Sandbox
from tests.sandbox.behaviours import Place, Row, open_place
from tests.sandbox.behaviours.elsewhere import Elsewhere, main, put_to
from tests.sandbox.behaviours.every import ROWS
from tests.sandbox.lambda_world import ROLE

BY_ID = {row.id: row for row in ROWS}


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    """A running account, at the end of the variables that any client reads."""
    with Sandbox(speed=600.0, limits=False) as sandbox:
        for name, value in sandbox.environment().items():
            monkeypatch.setenv(name, value)
        yield Elsewhere(boto3.Session().client, ROLE, sleep=lambda _seconds: None)


def untrue(p: Place) -> None:
    p.function(versions=0)
    assert p.lambda_.get_function(FunctionName="f")["Configuration"]["Runtime"] == "cobol"


def test_a_row_is_so_or_not_so_or_only_here_and_nothing_stays(there: Elsewhere) -> None:
    rows = [
        BY_ID["1.2-two-additional-versions"],
        Row("x", "1", "M", "functions are in Cobol", untrue, open_place),
        BY_ID["1.5-replicas-hold"],
        BY_ID["2.2-hooks-fail"],
        BY_ID["4-a-stack-under-review"],
    ]
    seen = [told for _, told in put_to(there, rows)]
    assert [told.partition(":")[0] for told in seen] == [
        "so", "not so", "only here", "only here", "so",
    ]  # fmt: skip
    assert "python3.13" in seen[1]
    assert there.contents() == []


def test_a_region_in_which_somebody_lives_is_left_alone(
    there: Elsewhere, capsys: pytest.CaptureFixture[str]
) -> None:
    there.function("somebody-s", versions=0)
    assert main(["--region", "us-east-1", "--role", ROLE]) == 2
    assert capsys.readouterr().err == "us-east-1 is not empty: function somebody-s\n"
    assert there.contents() == ["function somebody-s"]
