"""The verdict as an answer and as an order, from the words on the line to what AWS then reads."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdactl.cli import session
from lambdactl.cli.audit_log import entries
from lambdactl.model import Routing
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.open import Sandbox
from tests.cli.conftest import Run
from tests.cli.shop import Shop
from tests.ops.measured_stage import MeasuredStage

WALK = ("shift", "-f", "checkout:live", "--to", "2", "--steps", "10,50,100", "--every", "5m")
GUARDED = (*WALK, "--guard", "--max-wait", "30m", "--yes")


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[MeasuredStage]:
    """Every command's account, whose clock is moved by the command's own waits."""
    clock = ManualClock()
    with Sandbox(clock=clock, strict=True) as sandbox:
        made = MeasuredStage(sandbox, clock)
        made.create()
        made.sleep(600.0)
        monkeypatch.setattr(session, "connected", lambda _meant: made.aws)
        monkeypatch.setattr(session, "sleep", made.sleep)
        monkeypatch.setattr(session, "INTERVAL_S", 30.0)
        yield made
        made.aws.close()


def state_files() -> list[str]:
    folder = Path(os.environ["XDG_STATE_HOME"]) / "lambdactl"
    return sorted(p.name for p in folder.glob("walk-*.json"))


def test_a_guarded_walk_goes_all_the_way_on_evidence(cli: Run, stage: MeasuredStage) -> None:
    said = cli(*GUARDED)
    assert said.code == 0, said.err
    assert stage.alias() == {"version": "2", "weights": {}}
    assert "shift v2 to 50 % (step 2 of 3) in 5 s, Ctrl-C stops it, because PASS" in said.out
    assert state_files() == []
    log = [e for e in entries() if e["verb"] == "shift"]
    assert len(log) == 3 and all(e["outcome"] == "done" for e in log)
    assert log[0]["evidence"].startswith("PASS: canary ")


def test_a_bad_canary_goes_back_and_ends_6(cli: Run, stage: MeasuredStage) -> None:
    stage.failing[2] = 0.4
    said = cli(*GUARDED)
    assert said.code == 6
    assert stage.alias() == {"version": "1", "weights": {}}
    assert "error: the rollout of checkout:live was aborted; it is at v1" in said.err
    assert entries()[0]["verb"] == "abort"
    assert "worse, evidence" in entries()[0]["evidence"]


def test_a_walk_that_was_held_is_resumed(cli: Run, stage: MeasuredStage) -> None:
    said = cli(*WALK[:-1], "1m", "--guard", "--max-wait", "1m", "--yes")
    assert said.code == 7
    assert state_files() == ["walk-000000000000-us-east-1-checkout-live.json"]
    assert "no further step: INCONCLUSIVE: the first minutes are still settling" in said.out
    codes = [cli("shift", "--resume", "-f", "checkout:live").code for _ in range(6)]
    assert 0 in codes and set(codes[: codes.index(0)]) <= {7}
    assert codes[codes.index(0) + 1 :] == [9] * (5 - codes.index(0))
    assert stage.alias() == {"version": "2", "weights": {}}
    assert state_files() == []


def test_ctrl_c_says_where_the_alias_is_and_how_to_go_on(
    cli: Run, stage: MeasuredStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sleep(seconds: float) -> None:
        stage.sleep(seconds)
        if stage.alias()["weights"]:
            raise KeyboardInterrupt

    monkeypatch.setattr(session, "sleep", sleep)
    said = cli(*GUARDED)
    assert said.code == 130
    assert "checkout:live is at v1 90 %  v2 10 %, and nothing moves it on" in said.err
    assert "lambdactl shift --resume" in said.err
    assert stage.alias() == {"version": "1", "weights": {"2": 0.1}}


def test_a_walk_stops_where_somebody_else_moved_the_alias(
    cli: Run, stage: MeasuredStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sleep(seconds: float) -> None:
        stage.sleep(seconds)
        if stage.alias()["weights"] == {"2": 0.1}:
            stage.functions.update_alias(
                FunctionName="checkout", Name="live",
                RoutingConfig={"AdditionalVersionWeights": {"2": 0.3}},
            )  # fmt: skip

    monkeypatch.setattr(session, "sleep", sleep)
    said = cli(*GUARDED)
    assert said.code == 5
    assert "stops after step 1 of 3: somebody else moved it" in said.err
    assert "v2 30 %" in said.err
    assert stage.alias()["weights"] == {"2": 0.3}


def test_a_dry_run_shows_all_steps_and_takes_none(cli: Run, stage: MeasuredStage) -> None:
    said = cli(*WALK, "--guard", "-n")
    assert said.code == 0
    assert "Walk     v2 to 10 %, 50 %, 100 %, every 5m, on PASS only" in said.out
    assert stage.alias() == {"version": "1", "weights": {}}


@pytest.mark.parametrize(("fails", "code"), [(0.05, 0), (0.4, 6), (0.0, 7)])
def test_the_gate_answers_with_its_exit_code(
    cli: Run, stage: MeasuredStage, fails: float, code: int
) -> None:
    stage.make_group()
    stage.failing = {1: min(fails, 0.05), 2: fails}
    stage.deploy(1, 2)
    said = cli("status", "-f", "checkout:live", "--watch", "--gate", "--timeout", "20m")
    assert said.code == code, said.err
    assert entries() == []


def test_watch_aborts_a_rollout_of_codedeploys(cli: Run, stage: MeasuredStage) -> None:
    stage.make_group()
    stage.failing[2] = 0.4
    deployment = stage.deploy(1, 2)
    said = cli("watch", "-f", "checkout:live", "--abort-on-fail")
    assert said.code == 6
    assert "abort in 5 s, Ctrl-C stops it, because FAIL: canary 4" in said.out
    assert stage.alias() == {"version": "1", "weights": {}}
    assert entries()[0]["actions"] == [f"StopDeployment {deployment}"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("shift", "--to", "2", "--steps", "50,10"), "does not rise"),
        (("shift", "--steps", "10,100"), "--steps needs --to"),
        (("shift", "--to", "2", "--steps", "10", "--weight", "5"), "takes the place of --weight"),
        (("shift", "--to", "2", "--weight", "5", "--guard"), "are for a walk"),
        (("shift", "--to", "2"), "Missing option '--weight'"),
        (("shift", "--resume", "--to", "2"), "as it was begun"),
        (("status", "--gate"), "wait for a verdict"),
        (("watch", "--gate", "--abort-on-fail"), "give one of them"),
    ],
)
def test_words_that_do_not_go_together(
    cli: Run, shop: Shop, words: tuple[str, ...], sentence: str
) -> None:
    said = cli(*words, "-f", "checkout:live")
    assert said.code == 2
    assert sentence in said.err


def test_there_may_be_nothing_to_resume(cli: Run, shop: Shop) -> None:
    assert cli("shift", "--resume", "-f", "checkout:live").code == 9


def test_a_second_walker_is_refused_while_the_first_lives(
    cli: Run, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(os.environ["XDG_STATE_HOME"]) / "lambdactl"
    folder.mkdir(parents=True)
    where = shop.where
    name = f"walk-{where.account_id}-{where.region}-checkout-live.json"
    with (folder / f"{name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        said = cli("shift", "-f", "checkout:live", "--to", "42", "--steps", "10,100", "--yes")
    assert said.code == 5
    assert "is being walked by another process" in said.err
    assert shop.live.routing == Routing(41)


def test_a_walk_file_that_is_spoilt_is_named(cli: Run, shop: Shop) -> None:
    folder = Path(os.environ["XDG_STATE_HOME"]) / "lambdactl"
    folder.mkdir(parents=True)
    name = f"walk-{shop.where.account_id}-{shop.where.region}-checkout-live.json"
    (folder / name).write_text("{}")
    said = cli("shift", "--resume", "-f", "checkout:live")
    assert said.code == 2
    assert name in said.err and "is no walk" in said.err
