"""Why a verdict is what it is: each number has its line, and each minute its counts."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime

from lambdactl.render.explaining import per_minute, reasons, summary
from lambdactl.render.verdict_document import verdict as document
from lambdactl.verdict import Answer, Counts, Verdict, assess, judge
from lambdactl.verdict.forecast import Missing
from lambdactl.verdict.judge import Earlier
from lambdactl.verdict.sample_ratio import sample_ratio
from lambdactl.verdict.wording import told
from tests.verdict.test_assessment import RUNNING, metrics, snapshot

SUSPECT = judge([Counts(312, 3, 2801, 3)] * 2)


def test_every_number_that_decides_has_its_line() -> None:
    whole = replace(
        SUSPECT,
        clump=3.2,
        missing=Missing(1_850, 10.0, 31.2, 50.0, 6.3),
        sample_ratio=sample_ratio([Counts(20, 0, 580, 0)] * 10, 10.0),
    )
    lines = dict(reasons(whole))
    assert lines["evidence: worse"] == "128, FAIL needs 20"
    assert lines["evidence: not worse"] == "0.0, PASS needs 20"
    assert lines["still needed"] == "about 1,900 more canary calls: 32 min at 10 %, 7 min at 50 %"
    assert lines["errors at a time"] == "3.2, and weighed so"
    assert lines["share of calls"].startswith("canary got 3.33 % of 6,000 calls")
    assert "at any time" in lines["odds ratio, 95 %"]


def test_a_doubt_is_told() -> None:
    doubted = Verdict(Answer.NOT_MEASURED, reason="no datapoints since 14:02")
    assert ("not measured", "no datapoints since 14:02") in list(reasons(doubted))
    assert list(summary(doubted)) == []


def test_a_canary_that_never_failed_may_still_and_says_how_often() -> None:
    young = judge([Counts(15, 0, 249, 0)])
    assert dict(reasons(young))["canary may fail"] == "up to 18 %, 95 % sure: none has so far"
    assert told(young) == (
        "canary 0.00 % (0/15) vs stable 0.00 % (0/249) · the canary may still fail up to 18 %"
    )


def test_what_is_counted_says_since_when() -> None:
    failed = SUSPECT.minutes[0]._replace(start=datetime(2026, 3, 1, 11, 2, tzinfo=UTC))
    since = datetime(2026, 3, 1, 11, 40, tzinfo=UTC)
    again = replace(SUSPECT, since=since, earlier=Earlier(1_412, failed))
    lines = dict(reasons(again))
    assert lines["counted from"] == "11:40, when this split began"
    assert lines["earlier split"] == "FAIL at 11:02; its 1,412 canary calls are not counted"
    unfailed = dict(reasons(replace(again, earlier=Earlier(30))))
    assert unfailed["earlier split"] == "its 30 canary calls are not counted"
    unknown = dict(reasons(replace(SUSPECT, minutes=(failed,))))
    assert unknown["counted from"] == "11:02; when this split began is not known"

    told = document(again)
    assert told["since"] == "2026-03-01T11:40:00Z"
    assert told["earlier"]["canary_calls"] == 1_412
    assert told["earlier"]["failed"]["start"] == "2026-03-01T11:02:00Z"


def test_the_summary_says_what_each_number_is_of() -> None:
    endless = replace(SUSPECT, clump=3.2, margin=1.5, odds_ratio=(2.0, math.inf))
    assert list(summary(endless)) == [
        "that it is worse: 128, FAIL needs 20",
        "that it is not 1.5 times as bad: 0.0, PASS needs 20",
        "its odds of failing: at least 2 times the stable version's",
        "errors come 3.2 at a time, and are weighed so",
    ]


def test_the_minutes_are_told_with_their_counts_newest_first() -> None:
    rows = list(per_minute(judge([Counts(60, i % 2, 540, i % 3) for i in range(40)])))
    assert rows[0] == ("minute", "canary", "failed", "stable", "failed", "evidence")
    assert rows[1][1:5] == ("60", "1", "540", "0")
    assert rows[-1] == ("and 10 before: status -o json",)
    assert len(rows) == 32
    assert list(per_minute(Verdict(Answer.NOT_MEASURED))) == []


def test_the_document_has_all_of_it_and_is_json() -> None:
    assessment = assess(snapshot(deployment=RUNNING, metrics=metrics((60, 6), (540, 0))))
    told = document(assessment.verdict)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert (told["answer"], told["fails_at"], told["passes_at"]) == ("FAIL", 20.0, 20.0)
    assert told["minutes"][0]["canary_errors"] == 6
    assert told["minutes"][0]["start"] == "2026-03-01T11:31:00Z"
    assert told["odds_ratio_low"] > 1.0
    assert told["sample_ratio"]["measured_percent"] == 10.0


def test_an_e_value_beyond_a_float_is_still_json() -> None:
    endless = replace(SUSPECT, evidence=math.inf, odds_ratio=(2.0, math.inf))
    told = json.loads(json.dumps(document(endless), allow_nan=False))
    assert told["evidence"] > 1e300 and told["odds_ratio_high"] > 1e300


def test_what_is_missing_is_in_the_document() -> None:
    told = document(replace(SUSPECT, missing=Missing(1_850, 10.0, 31.2, 50.0, 6.3)))
    assert told["missing"] == {
        "canary_calls": 1_850,
        "weight_percent": 10.0,
        "minutes": 31.2,
        "next_weight_percent": 50.0,
        "next_minutes": 6.3,
    }
