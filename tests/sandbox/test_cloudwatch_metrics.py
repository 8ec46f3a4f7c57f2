"""Metrics by the API: what is written is what is read, minute by minute."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdactl.sandbox.cloudwatch.series import Series
from lambdactl.sandbox.cloudwatch.sketch import DISTINCT, Bucket
from tests.sandbox.clouds import START, Cloud, at, cloud, metric, query


@pytest.fixture
def aws() -> Iterator[Cloud]:
    with cloud() as made:
        yield made


def get(
    aws: Cloud, *queries: dict[str, Any], start: float = 0, end: float = 600, **more: Any
) -> Any:
    return aws.client.get_metric_data(
        MetricDataQueries=list(queries), StartTime=at(start), EndTime=at(end), **more
    )


def exact_percentile(values: list[float], percent: float) -> float:
    """As numpy does it by default: linear interpolation between closest ranks."""
    ordered = sorted(values)
    rank = (len(ordered) - 1) * percent / 100.0
    low = math.floor(rank)
    high = math.ceil(rank)
    return ordered[low] + (ordered[high] - ordered[low]) * (rank - low)


def test_every_statistic_of_a_minute(aws: Cloud) -> None:
    for value in (1.0, 2.0, 6.0):
        aws.record(value, 30)
    stats = ("Sum", "Average", "Minimum", "Maximum", "SampleCount", "p50")
    results = get(aws, *(query(f"q{n}", stat=stat) for n, stat in enumerate(stats)))
    assert [r["Values"] for r in results["MetricDataResults"]] == [[9], [3], [1], [6], [3], [2]]


def test_a_value_belongs_to_the_minute_of_its_timestamp_however_late_it_comes(aws: Cloud) -> None:
    aws.record(1.0, 59.9)
    aws.record(1.0, 60.0)
    aws.clock.advance(600)
    aws.record(5.0, 1.0)
    result = get(aws, query(), ScanBy="TimestampAscending")["MetricDataResults"][0]
    assert result["Timestamps"] == [at(0), at(60)]
    assert result["Values"] == [6.0, 1.0]


def test_dimensions_are_matched_exactly(aws: Cloud) -> None:
    aws.record(1.0, FunctionName="f", Resource="f:prod")
    aws.record(2.0, FunctionName="f", Resource="f:prod", ExecutedVersion="2")

    def value_of(**dims: Any) -> list[float]:
        stat = {"Metric": metric(**dims), "Period": 60, "Stat": "Sum"}
        answer = get(aws, {"Id": "m", "MetricStat": stat})
        values: list[float] = answer["MetricDataResults"][0]["Values"]
        return values

    assert value_of(FunctionName="f") == []
    assert value_of(Resource="f:prod", FunctionName="f") == [1.0]
    assert value_of(ExecutedVersion="2", FunctionName="f", Resource="f:prod") == [2.0]


def test_a_metric_can_be_seen_only_after_the_delay_that_was_asked_for(aws: Cloud) -> None:
    aws.service.delay_s = 120.0
    aws.record(1.0, 0)
    aws.clock.advance(119)
    assert get(aws, query())["MetricDataResults"][0]["Values"] == []
    aws.clock.advance(1)
    assert get(aws, query())["MetricDataResults"][0]["Values"] == [1.0]


def test_newest_first_unless_asked_otherwise_and_the_end_is_excluded(aws: Cloud) -> None:
    aws.minutes(1, 2, 3)
    assert get(aws, query(), end=120)["MetricDataResults"][0]["Values"] == [2, 1]
    oldest = get(aws, query(), end=120, ScanBy="TimestampAscending")
    assert oldest["MetricDataResults"][0]["Values"] == [1, 2]


def test_the_start_is_rounded_down_to_the_minute_and_windows_begin_there(aws: Cloud) -> None:
    aws.minutes(*range(1, 9))
    result = get(aws, query(period=180), start=90, end=480, ScanBy="TimestampAscending")
    assert result["MetricDataResults"][0]["Timestamps"] == [at(60), at(240), at(420)]
    assert result["MetricDataResults"][0]["Values"] == [9.0, 18.0, 8.0]


def test_answers_come_in_pages_and_a_series_goes_on_under_its_id(aws: Cloud) -> None:
    aws.minutes(1, 2, 3, 4)
    aws.minutes(9, name="Duration")
    asked = [query("a"), query("none", name="Nothing"), query("b", name="Duration")]
    pages: list[Any] = []
    token: dict[str, Any] = {}
    while True:
        page = get(aws, *asked, MaxDatapoints=3, ScanBy="TimestampAscending", **token)
        pages.append(page["MetricDataResults"])
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    seen = [[(r["Id"], r["Values"], r["StatusCode"]) for r in page] for page in pages]
    assert seen == [
        [("a", [1, 2, 3], "PartialData")],
        [("a", [4], "Complete"), ("none", [], "Complete"), ("b", [9], "Complete")],
    ]


def test_units_are_kept_apart_and_put_together_when_none_is_asked_for(aws: Cloud) -> None:
    aws.record(1.0, unit="Count")
    aws.record(2.0, unit="None")
    stat = query()["MetricStat"]
    both, one = get(aws, query("both"), {"Id": "one", "MetricStat": {**stat, "Unit": "Count"}})[
        "MetricDataResults"
    ]
    assert (both["Values"], one["Values"]) == ([3.0], [1.0])


def test_put_metric_data_takes_values_counts_and_statistic_sets(aws: Cloud) -> None:
    base = {"MetricName": "m", "Timestamp": at(0)}
    aws.client.put_metric_data(
        Namespace="app",
        MetricData=[
            {**base, "Values": [1.0, 10.0], "Counts": [2.0, 4.0], "Unit": "Count"},
            {**base, "Value": 5.0, "Unit": "Count"},
        ],
    )
    answer = aws.client.get_metric_statistics(
        Namespace="app",
        MetricName="m",
        StartTime=at(0),
        EndTime=at(60),
        Period=60,
        Statistics=["Sum", "SampleCount", "Maximum"],
    )
    assert answer["Label"] == "m"
    assert answer["Datapoints"] == [
        {"Timestamp": at(0), "Sum": 47.0, "SampleCount": 7.0, "Maximum": 10.0, "Unit": "Count"}
    ]


def test_a_statistic_set_has_no_percentiles(aws: Cloud) -> None:
    statistics = {"SampleCount": 4.0, "Sum": 10.0, "Minimum": 1.0, "Maximum": 4.0}
    aws.client.put_metric_data(
        Namespace="app", MetricData=[{"MetricName": "m", "StatisticValues": statistics}]
    )
    named = {"Namespace": "app", "MetricName": "m", "Dimensions": []}
    answer = get(
        aws,
        {"Id": "p", "MetricStat": {"Metric": named, "Period": 60, "Stat": "p90"}},
        {"Id": "a", "MetricStat": {"Metric": named, "Period": 60, "Stat": "Average"}},
    )
    assert [r["Values"] for r in answer["MetricDataResults"]] == [[], [2.5]]


def test_high_resolution_data_answer_by_the_second(aws: Cloud) -> None:
    for second in (0, 9, 10):
        datum = {"MetricName": "m", "Value": 1.0, "Timestamp": at(second), "StorageResolution": 1}
        aws.client.put_metric_data(Namespace="app", MetricData=[datum])
    named = {"Namespace": "app", "MetricName": "m", "Dimensions": []}
    stat = {"Metric": named, "Stat": "Sum"}
    tens, minute = get(
        aws,
        {"Id": "tens", "MetricStat": {**stat, "Period": 10}},
        {"Id": "minute", "MetricStat": {**stat, "Period": 60}},
        ScanBy="TimestampAscending",
    )["MetricDataResults"]
    assert (tens["Values"], minute["Values"]) == ([2, 1], [3])


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({}, "MissingParameter", "MetricData.member.1.Value"),
        ({"Value": 1.0, "Values": [1.0]}, "InvalidParameterCombination", "mutually exclusive"),
        ({"Values": [1.0], "Counts": [1.0, 2.0]}, "InvalidParameterValue", "same size"),
        ({"Value": 2.0**361}, "InvalidParameterValue", "is invalid"),
        ({"Value": 1.0, "Timestamp": at(-15 * 86400)}, "InvalidParameterValue", "two weeks"),
        ({"Value": 1.0, "Timestamp": at(3 * 3600)}, "InvalidParameterValue", "two hours"),
    ],
)
def test_a_datum_that_cannot_be_is_refused(
    aws: Cloud, change: dict[str, Any], code: str, words: str
) -> None:
    with pytest.raises(ClientError, match=words) as refusal:
        aws.client.put_metric_data(Namespace="app", MetricData=[{"MetricName": "m", **change}])
    assert refusal.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    ("queries", "words"),
    [
        ([query("Upper")], "lower-case"),
        ([query("a"), query("a")], "more than once"),
        ([{"Id": "a"}], "either MetricStat or Expression"),
        ([query("a", stat="p101")], "p101 for parameter Stat is not supported"),
        ([query("a", period=61)], "multiple of 60"),
        ([query(f"a{n}") for n in range(501)], "1 to 500"),
        ([{"Id": "a", "Expression": "b + 1"}], "Undefined variable b"),
        ([{"Id": "a", "Expression": "a + 1"}], "refers to itself"),
        ([query("m"), {"Id": "a", "Expression": "m +"}], "Unexpected end"),
        ([query("m"), {"Id": "a", "Expression": "SEARCH('x')"}], "SEARCH is not supported"),
        ([{"Id": "a", "Expression": "1 + 1"}], "must result in a time series"),
    ],
)
def test_a_query_that_cannot_be_is_refused(
    aws: Cloud, queries: list[dict[str, Any]], words: str
) -> None:
    with pytest.raises(ClientError, match=words) as refusal:
        get(aws, *queries)
    assert refusal.value.response["Error"]["Code"] == "ValidationError"
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_list_metrics_filters_by_part_of_the_dimensions(aws: Cloud) -> None:
    aws.record(1, FunctionName="f")
    aws.record(1, FunctionName="f", Resource="f:prod")
    aws.record(1, FunctionName="g", name="Duration")

    def listed(**filters: Any) -> list[Any]:
        found: list[Any] = aws.client.list_metrics(**filters)["Metrics"]
        return found

    assert len(listed()) == 3
    assert len(listed(Dimensions=[{"Name": "FunctionName", "Value": "f"}])) == 2
    assert listed(Dimensions=[{"Name": "Resource"}]) == [
        metric(FunctionName="f", Resource="f:prod")
    ]
    assert listed(MetricName="Duration", Namespace="AWS/Lambda") == [
        metric("Duration", FunctionName="g")
    ]
    assert listed(Namespace="AWS") == []


def test_list_metrics_forgets_after_two_weeks_and_knows_what_was_active(aws: Cloud) -> None:
    aws.record(1, name="Old")
    aws.clock.advance(4 * 3600)
    aws.record(1, 4 * 3600, name="New")
    assert [m["MetricName"] for m in aws.client.list_metrics()["Metrics"]] == ["Old", "New"]
    recent = aws.client.list_metrics(RecentlyActive="PT3H")["Metrics"]
    assert [m["MetricName"] for m in recent] == ["New"]
    aws.clock.advance(14 * 86400 - 3600)
    assert [m["MetricName"] for m in aws.client.list_metrics()["Metrics"]] == ["New"]


def test_list_metrics_has_500_a_page(aws: Cloud) -> None:
    for number in range(501):
        aws.record(1, FunctionName=f"f{number}")
    first = aws.client.list_metrics()
    assert len(first["Metrics"]) == 500
    rest = aws.client.list_metrics(NextToken=first["NextToken"])
    assert [m["Dimensions"][0]["Value"] for m in rest["Metrics"]] == ["f500"]
    assert "NextToken" not in rest
    with pytest.raises(ClientError, match="InvalidNextToken"):
        aws.client.list_metrics(NextToken="bm9uc2Vuc2U=")


def test_get_metric_statistics_refuses_too_many_datapoints(aws: Cloud) -> None:
    named = metric()
    with pytest.raises(ClientError, match="exceeds the limit of 1440"):
        aws.client.get_metric_statistics(
            **named, StartTime=at(-86460), EndTime=at(0), Period=60, Statistics=["Sum"]
        )


def test_extended_statistics_by_name(aws: Cloud) -> None:
    for number in range(1, 11):
        aws.record(float(number), name="Duration", unit="Milliseconds")
    answer = aws.client.get_metric_statistics(
        **metric("Duration"),
        StartTime=at(0),
        EndTime=at(60),
        Period=60,
        ExtendedStatistics=["p90", "tm50", "PR(:5)"],
    )
    found = answer["Datapoints"][0]["ExtendedStatistics"]
    assert found == {"p90": pytest.approx(9.1), "tm50": 3.0, "PR(:5)": 50.0}


def test_minutes_older_than_15_days_are_only_there_by_five_minutes(aws: Cloud) -> None:
    aws.minutes(1, 2)
    aws.clock.advance(16 * 86400)
    fine, coarse = get(aws, query("fine"), query("coarse", period=300))["MetricDataResults"]
    assert (fine["Values"], coarse["Values"]) == ([], [3.0])


@pytest.mark.parametrize("percent", [0.0, 1.0, 50.0, 90.0, 95.0, 99.0, 99.9, 100.0])
@pytest.mark.parametrize("spread", [0.2, 1.0, 2.5])
def test_percentiles_are_right_within_one_per_cent(percent: float, spread: float) -> None:
    source = random.Random(f"{percent}{spread}")
    values = [source.lognormvariate(4.0, spread) for _ in range(20_000)]
    bucket = Bucket()
    for value in values:
        bucket.add(value)
    assert bucket.coarse
    assert bucket.values is not None and len(bucket.values) < 4_000
    assert bucket.percentile(percent) == pytest.approx(exact_percentile(values, percent), rel=0.01)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0.001, 1e7), min_size=1, max_size=3 * DISTINCT),
    st.floats(0, 100),
    st.integers(1, 7),
)
def test_percentiles_of_merged_minutes_are_right_too(
    values: list[float], percent: float, parts: int
) -> None:
    whole = Bucket()
    for part in range(parts):
        piece = Bucket()
        for value in values[part::parts]:
            piece.add(value)
        whole.merge(piece)
    found = whole.percentile(percent)
    assert found == pytest.approx(exact_percentile(values, percent), rel=0.01)
    assert whole.count == len(values)
    assert whole.total == pytest.approx(math.fsum(values))
    assert (whole.low, whole.high) == (min(values), max(values))


def test_a_minute_of_equal_values_keeps_no_list() -> None:
    bucket = Bucket()
    for _ in range(1000):
        bucket.add(1.0)
    assert bucket.values is None
    assert (bucket.total, bucket.percentile(99.0)) == (1000.0, 1.0)
    bucket.add(3.0)
    assert bucket.percentile(100.0) == 3.0
    assert bucket.percentile(50.0) == 1.0


def test_negative_values_have_no_percentiles() -> None:
    bucket = Bucket()
    bucket.add(-1.0)
    bucket.add(2.0)
    assert bucket.percentile(50.0) is None


def test_old_data_are_kept_coarser_and_nothing_is_lost() -> None:
    series = Series()
    days = 18
    for minute in range(days * 1440):
        series.bucket(START + minute * 60).add(1.0)
    kept = sorted(series.minutes)
    fine = [at for at in kept if at % 300]
    assert (START + days * 86400 - min(fine)) / 86400 < 16.1
    assert len(kept) < 16.1 * 1440 + 3 * 288
    assert sum(bucket.count for bucket in series.minutes.values()) == days * 1440


def test_seconds_become_minutes_after_three_hours() -> None:
    series = Series()
    for second in range(4 * 3600):
        series.bucket(START + second, fine=True).add(1.0)
    assert len(series.seconds) < 3 * 3600 + 1500
    assert sum(bucket.count for _, bucket in series.between(START, START + 4 * 3600)) == 4 * 3600


def test_the_start_of_the_tests_is_on_the_minute() -> None:
    assert START % 60 == 0


def test_a_query_in_sql_is_not_there(aws: Cloud) -> None:
    asked = {"Id": "q", "Expression": 'SELECT SUM(Errors) FROM "AWS/Lambda"', "Period": 60}
    with pytest.raises(ClientError, match=r"\(NotImplemented\).*no Metrics Insights"):
        aws.client.get_metric_data(MetricDataQueries=[asked], StartTime=at(0), EndTime=at(60))
