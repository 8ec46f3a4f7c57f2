"""Half an answer is no answer: what was written is looked up, never believed."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import IncompleteReadError

from lambdactl.aws import connect
from lambdactl.aws.wholeness import check_whole
from lambdactl.errors import Unreachable
from lambdactl.model import Routing, Target
from lambdactl.sandbox.account import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.faults import half_sent
from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.scenarios import SCENARIOS, Play, Stage

TARGET = Target("checkout", "live")


@pytest.fixture
def split() -> Iterator[Sandbox]:
    """``checkout:live`` at 1, with a tenth on 2."""
    clock = ManualClock()
    with Sandbox(clock=clock) as made:
        (step,) = SCENARIOS["stopped-split"].steps
        assert isinstance(step, Play)
        for seconds in step.act(Stage(made.account)):
            clock.advance(seconds)
        yield made


def test_a_write_whose_answer_breaks_off_is_unreachable_and_was_done(split: Sandbox) -> None:
    aws = connect(
        region="us-east-1",
        endpoint_url=split.endpoint,
        access_key=ACCESS_KEY_ID,
        secret_key=SECRET_ACCESS_KEY,
    )
    there = aws.alias(TARGET)
    split.faults.add("lambda:UpdateAlias", half_sent(), times=1)
    with pytest.raises(Unreachable, match="does not answer"):
        aws.update_alias(TARGET, Routing(1), there.revision_id)
    assert aws.alias(TARGET).routing == Routing(1)


def head(length: str, **more: str) -> dict[str, str]:
    return {"content-length": length, **more}


@pytest.mark.parametrize(
    "answer",
    [
        {"body": b"{}", "headers": head("2")},
        {"body": b"", "headers": {}},
        {"body": b"{}", "headers": head("9", **{"content-encoding": "gzip"})},
        {"body": SimpleNamespace(), "headers": head("9")},
    ],
)
def test_what_is_whole_or_cannot_be_measured_passes(answer: dict[str, Any]) -> None:
    check_whole(answer)


def test_the_answer_to_a_head_may_promise_a_body_it_does_not_have() -> None:
    model = SimpleNamespace(http={"method": "HEAD"})
    check_whole({"body": b"", "headers": head("9")}, model)
    with pytest.raises(IncompleteReadError, match="0 read, but total bytes expected is 9"):
        check_whole({"body": b"", "headers": head("9")})
