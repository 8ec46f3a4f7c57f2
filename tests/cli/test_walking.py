"""The verdict as an answer and as an order, from the words on the line to what AWS then reads."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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
HELD = (*WALK, "--guard", "--max-wait", "4m", "--yes")
"""The same where nothing comes of waiting."""


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


def driver(cli: Run) -> dict[str, Any]:
    said = cli("status", "-f", "checkout:live", "-o", "json").out
    # A walk that is under way in this process has spoken before it.
    told: dict[str, Any] = json.loads(said[said.index("{\n") :])
    found: dict[str, Any] = told["data"]["driver"]
    return found


def test_status_says_who_walks_the_alias(
    cli: Run, stage: MeasuredStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[dict[str, Any]] = []

    def wait(seconds: float) -> None:
        stage.sleep(seconds)
        if stage.alias()["weights"] and not waits:
            waits.append(driver(cli))
            waits.append({"text": cli("status", "-f", "checkout:live").out})

    monkeypatch.setattr(session, "sleep", wait)
    assert cli(*GUARDED).code == 0
    seen, told = waits
    assert (seen["kind"], seen["moves"]) == ("walk", True)
    assert seen["walk"]["steps_percent"] == [10.0, 50.0, 100.0]
    assert (seen["walk"]["done"], seen["walk"]["next_weight_percent"]) == (1, 50.0)
    assert (seen["walk"]["guarded"], seen["walk"]["running"]) == (True, True)
    assert "nothing drives" not in told["text"]
    assert "driver     shift --steps on this machine: step 1 of 3, next 50 %" in told["text"]


def test_status_says_that_a_walk_was_left(cli: Run, stage: MeasuredStage) -> None:
    assert cli(*WALK[:-1], "1m", "--guard", "--max-wait", "1m", "--yes").code == 7
    seen = driver(cli)
    assert (seen["kind"], seen["moves"], seen["walk"]["running"]) == ("walk_left", False, False)
    told = cli("status", "-f", "checkout:live").out
    assert "advice     shift --resume, promote or abort: the walk was left" in told
    doctor = cli("doctor", "-f", "checkout:live").out
    assert "warning  a walk of shift --steps was left on the way" in doctor
    assert "try: lambdactl shift --resume -f checkout:live" in doctor


def test_a_split_by_hand_is_a_persons(cli: Run, stage: MeasuredStage) -> None:
    assert cli("shift", "-f", "checkout:live", "--to", "2", "--weight", "10", "-y").code == 0
    assert driver(cli)["kind"] == "person"
    spoilt = Path(os.environ["XDG_STATE_HOME"]) / "lambdactl"
    (spoilt / "walk-000000000000-us-east-1-checkout-live.json").write_text("{}")
    said = cli("status", "-f", "checkout:live")
    assert said.code == 0
    assert "not read   ? walk" in said.out


@pytest.mark.parametrize(("limit", "code", "word"), [("5.5", 3, "✔"), ("1", 3, "✖")])
def test_a_gate_that_is_not_met_makes_a_promote_harder_and_never_impossible(
    cli: Run, stage: MeasuredStage, working_directory: Path, limit: str, code: int, word: str
) -> None:
    (working_directory / "lambdactl.toml").write_text(f"[gate]\nmax_error_rate_percent = {limit}\n")
    live = ("-f", "checkout:live")
    assert cli("shift", *live, "--to", "2", "--weight", "10", "-y").code == 0
    stage.sleep(900.0)
    dry = cli("promote", *live, "-n")
    assert dry.code == 0
    assert f"{word} gate max_error_rate_percent" in dry.out
    asked = cli("promote", *live)
    assert asked.code == code
    assert cli("promote", *live, "--yes").code == 0
    assert stage.alias() == {"version": "2", "weights": {}}


def test_an_unmet_gate_has_the_functions_name_typed_and_takes_no_yes_of_the_environment(
    cli: Run,
    stage: MeasuredStage,
    working_directory: Path,
    person: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (working_directory / "lambdactl.toml").write_text("[gate]\nmin_calls = 1000000\n")
    live = ("-f", "checkout:live")
    assert cli("shift", *live, "--to", "2", "--weight", "10", "-y").code == 0
    monkeypatch.setenv("LAMBDACTL_YES", "1")
    person("y")
    said = cli("promote", *live)
    assert said.code == 3
    assert "to go on although gate min_calls is not met (checkout):" in said.err
    person("checkout")
    assert cli("promote", *live).code == 0


def test_a_guarded_walk_goes_back_over_the_operators_limit(
    cli: Run, stage: MeasuredStage, working_directory: Path
) -> None:
    (working_directory / "lambdactl.toml").write_text("[gate]\nmax_error_rate_percent = 1\n")
    said = cli(*GUARDED)
    assert said.code == 6
    assert stage.alias() == {"version": "1", "weights": {}}
    assert "because gate max_error_rate_percent not met: " in said.out
    assert entries()[0]["evidence"].startswith("gate max_error_rate_percent not met: ")


def test_a_guarded_walk_is_held_by_a_gate_that_is_not_met(
    cli: Run, stage: MeasuredStage, working_directory: Path
) -> None:
    (working_directory / "lambdactl.toml").write_text("[gate]\nmin_calls = 1000000\n")
    said = cli(*HELD)
    assert said.code == 7
    assert "gate min_calls not met: " in said.err
    assert stage.alias()["weights"] == {"2": 0.1}


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


def test_a_guarded_shift_is_taken_back(cli: Run, stage: MeasuredStage) -> None:
    stage.failing[2] = 0.4
    said = cli("shift", "-f", "checkout:live", "--to", "2", "--weight", "20", "--guard", "--yes")
    assert said.code == 6
    assert "Note     guarded while it is followed: all traffic goes back on FAIL" in said.err
    assert "error: the rollout of checkout:live was aborted; it is at v1" in said.err
    assert stage.alias() == {"version": "1", "weights": {}}
    assert [e["verb"] for e in entries()] == ["abort", "shift"]
    assert entries()[0]["evidence"].startswith("FAIL: canary 4")


def test_a_shift_that_was_made_before_is_guarded_all_the_same(
    cli: Run, stage: MeasuredStage
) -> None:
    """A pipeline that tries again after an answer that was lost."""
    words = ("shift", "-f", "checkout:live", "--to", "2", "--weight", "20", "--yes")
    assert cli(*words).code == 0
    stage.failing[2] = 0.4
    said = cli(*words, "--guard")
    assert said.code == 6, said.err
    assert stage.alias() == {"version": "1", "weights": {}}


def test_a_guard_stands_beside_codedeploy_on_a_limit(cli: Run, stage: MeasuredStage) -> None:
    Path("lambdactl.toml").write_text("[gate]\nmax_error_rate_percent = 1.0\n")
    stage.make_group()
    deployment = stage.deploy(1, 2)
    said = cli("watch", "-f", "checkout:live", "--guard")
    assert said.code == 6
    assert "abort in 5 s, Ctrl-C stops it, because gate max_error_rate_percent" in said.out
    assert entries()[0]["actions"] == [f"StopDeployment {deployment}"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("shift", "--to", "2", "--steps", "50,10"), "does not rise"),
        (("shift", "--steps", "10,100"), "--steps needs --to"),
        (("shift", "--to", "2", "--steps", "10", "--weight", "5"), "takes the place of --weight"),
        (("shift", "--to", "2", "--weight", "5", "--max-wait", "5m"), "is for a walk"),
        (("shift", "--to", "2", "--weight", "100", "--guard"), "--weight 100 leaves none"),
        (("shift", "--to", "2", "--weight", "5", "--alarm", "a"), "limits of a guard"),
        (("shift", "--to", "2", "--weight", "5", "--guard", "--min-calls", "9"), "next step"),
        (("watch", "--gate", "--guard"), "give one of them"),
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


def test_limits_said_on_the_line_hold_a_walk_and_are_kept_with_it(
    cli: Run, stage: MeasuredStage
) -> None:
    said = cli(*HELD, "--max-error-rate", "50", "--min-calls", "1000000")
    assert said.code == 7
    assert "Limits   max_error_rate_percent 50, min_calls 1,000,000" in said.err
    held = cli("shift", "--resume", "-f", "checkout:live")
    assert held.code == 7
    assert "of 1,000,000 calls; limit 50 %" in held.err


def test_a_limit_on_the_line_takes_the_place_of_the_files(
    cli: Run, stage: MeasuredStage, working_directory: Path
) -> None:
    (working_directory / "lambdactl.toml").write_text("[gate]\nmax_error_rate_percent = 1\n")
    assert cli(*GUARDED, "--max-error-rate", "50").code == 0
    assert stage.alias() == {"version": "2", "weights": {}}


@pytest.mark.parametrize("words", [("--steps", "10,50"), ("--weight", "10", "--guard")])
def test_a_limit_without_a_guarded_walk_is_refused(
    cli: Run, stage: MeasuredStage, words: tuple[str, ...]
) -> None:
    said = cli("shift", "-f", "checkout:live", "--to", "2", *words, "--min-calls", "5", "-y")
    assert said.code == 2
    assert "limits of a guard" in said.err or "the next step" in said.err


def test_the_plan_of_a_walk_is_a_document_too(cli: Run, stage: MeasuredStage) -> None:
    told = json.loads(cli(*WALK, "--guard", "-n", "-o", "json").out)
    assert (told["kind"], told["data"]["applied"]) == ("Shift", False)
    assert told["data"]["walk"]["steps"] == [10.0, 50.0, 100.0]
    assert stage.alias() == {"version": "1", "weights": {}}


def test_a_shift_can_be_watched_to_its_end(
    cli: Run, stage: MeasuredStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []

    def wait(seconds: float) -> None:
        stage.sleep(seconds)
        looks.append(seconds)
        if len(looks) == 3:
            stage.functions.update_alias(
                FunctionName="checkout", Name="live", FunctionVersion="2",
                RoutingConfig={"AdditionalVersionWeights": {}},
            )  # fmt: skip

    monkeypatch.setattr(session, "sleep", wait)
    said = cli("shift", "-f", "checkout:live", "--to", "2", "--weight", "10", "-y", "--watch")
    assert said.code == 0, said.err
    assert "rollout  succeeded: checkout:live is at v2 100 %" in said.out


def test_the_reason_of_an_abort_is_kept(cli: Run, stage: MeasuredStage) -> None:
    live = ("-f", "checkout:live")
    assert cli("shift", *live, "--to", "2", "--weight", "10", "-y").code == 0
    assert cli("abort", *live, "-y", "--reason", "guests cannot pay").code == 0
    assert (entries()[0]["verb"], entries()[0]["reason"]) == ("abort", "guests cannot pay")
