"""Section 3: metrics and alarms."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from lambdactl.sandbox.fleet import seed_fleet
from lambdactl.sandbox.modelled_traffic import model_traffic
from tests.sandbox.behaviours import Place, refused, row

F = {"FunctionName": "f"}


def now(p: Place) -> datetime:
    here: datetime = p.account.clock.utcnow()
    return here


def dimensions(**named: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in named.items()]


def query(name: str = "Errors", stat: str = "Sum", **named: str) -> dict[str, Any]:
    metric = {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": dimensions(**named)}
    return {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat}}


def data(p: Place, *queries: dict[str, Any], **params: Any) -> list[dict[str, Any]]:
    given = {"StartTime": now(p) - timedelta(hours=1), "EndTime": now(p) + timedelta(minutes=1)}
    answer = p.watch.get_metric_data(MetricDataQueries=list(queries), **(given | params))
    found: list[dict[str, Any]] = answer["MetricDataResults"]
    return found


def values(p: Place, *args: str, **named: str) -> list[float]:
    found: list[float] = data(p, query(*args, **named))[0]["Values"]
    return found


def called(p: Place, qualifier: str | None = None, times: int = 1) -> None:
    for _ in range(times):
        p.lambda_.invoke(**F, **({"Qualifier": qualifier} if qualifier else {}))


@row("3", "D", "An invocation through an alias is counted in four sets of dimensions")
def four_dimension_sets(p: Place) -> None:
    p.function()
    called(p, "live")
    for named in (
        {},
        {"FunctionName": "f"},
        {"FunctionName": "f", "Resource": "f:live"},
        {"FunctionName": "f", "Resource": "f:live", "ExecutedVersion": "1"},
    ):
        assert values(p, "Invocations", **named) == [1.0], named


@row("3", "D", "ExecutedVersion exists for invocations through an alias only")
def executed_version_is_the_alias_s(p: Place) -> None:
    p.function()
    called(p, "1")
    assert values(p, "Invocations", FunctionName="f", Resource="f:1") == [1.0]
    listed = p.watch.list_metrics(MetricName="Invocations")["Metrics"]
    names = {d["Name"] for metric in listed for d in metric["Dimensions"]}
    assert "ExecutedVersion" not in names


@row("3", "M", "Dimensions must all be given: CloudWatch does not add up across them")
def dimensions_are_exact(p: Place) -> None:
    p.function()
    called(p, "live")
    assert values(p, "Invocations", FunctionName="f", ExecutedVersion="1") == []


@row("3", "D", "Errors gets a 0 with each good invocation")
def errors_are_zero_not_absent(p: Place) -> None:
    p.function()
    assert values(p, FunctionName="f") == []
    called(p)
    assert values(p, FunctionName="f") == [0.0]


@row("3", "D", "A throttled call is neither an invocation nor an error")
def throttles_are_apart(p: Place) -> None:
    p.function()
    p.lambda_.put_function_concurrency(**F, ReservedConcurrentExecutions=0)
    assert refused(p.lambda_.invoke, **F) == (429, "TooManyRequestsException")
    assert sum(values(p, "Throttles", FunctionName="f")) >= 1.0
    assert values(p, "Invocations", FunctionName="f") == []


@row("3", "D", "A result with statusCode 500 is no error")
def http_errors_are_no_errors(p: Place) -> None:
    from tests.sandbox.lambda_world import zipped

    source = "def handler(event, context):\n    return {'statusCode': 500}\n"
    p.function(versions=0, Code={"ZipFile": zipped(source)})
    called(p)
    assert values(p, FunctionName="f") == [0.0]


@row("3", "D", "A datapoint is stamped with the start of the invocation, and lands when it is over")
def late_data(p: Place) -> None:
    watch, began = p.account.services["cloudwatch"], p.clock.now()
    p.clock.advance(300.0)
    watch.record("AWS/Lambda", "Errors", {"FunctionName": "f"}, 1.0, "Count", began)
    (found,) = data(p, query(FunctionName="f"))
    assert [t.timestamp() for t in found["Timestamps"]] == [began // 60 * 60]


@row("3", "D", "Metrics can be seen one to three minutes later, when asked for")
def metrics_are_behind(p: Place) -> None:
    p.function()
    p.account.services["cloudwatch"].delay_s = 120.0
    called(p)
    p.clock.advance(110.0)
    assert values(p, "Invocations", FunctionName="f") == []
    p.clock.advance(20.0)
    assert values(p, "Invocations", FunctionName="f") == [1.0]


@row("3", "M", "GetMetricData takes 500 queries, no more")
def five_hundred_queries(p: Place) -> None:
    queries = [{**query(), "Id": f"m{n}"} for n in range(501)]
    with pytest.raises(p.watch.exceptions.ClientError):
        data(p, *queries)
    assert len(data(p, *queries[:500])) == 500


@row("3", "M", "Newest first, unless ScanBy says otherwise")
def newest_first(p: Place) -> None:
    seed_fleet(p.account, functions=1, versions=1)
    model_traffic(p.account)
    asked = query("Invocations", FunctionName="fleet-0000")
    for order, is_first in (({}, True), ({"ScanBy": "TimestampAscending"}, False)):
        times = data(p, asked, **order)[0]["Timestamps"]
        assert times == sorted(times, reverse=is_first)
        assert len(times) > 1


@row("3", "M", "A cut answer says PartialData, and its Id recurs on the next page")
def pages_repeat_ids(p: Place) -> None:
    seed_fleet(p.account, functions=1, versions=1)
    model_traffic(p.account)
    given = {
        "MetricDataQueries": [query("Invocations", FunctionName="fleet-0000")],
        "StartTime": now(p) - timedelta(days=2),
        "EndTime": now(p),
        "MaxDatapoints": 10,
    }
    first = p.watch.get_metric_data(**given)
    second = p.watch.get_metric_data(**given, NextToken=first["NextToken"])
    (one,), (two,) = first["MetricDataResults"], second["MetricDataResults"]
    assert (one["Id"], one["StatusCode"], two["Id"]) == ("m", "PartialData", "m")
    assert not set(one["Timestamps"]) & set(two["Timestamps"])


@row("3", "M", "StartTime is inclusive, EndTime exclusive")
def half_open(p: Place) -> None:
    p.function()
    called(p)
    start = datetime.fromtimestamp(p.clock.now() // 60 * 60, now(p).tzinfo)
    minute = timedelta(minutes=1)
    asked = query("Invocations", FunctionName="f")
    assert data(p, asked, StartTime=start, EndTime=start + minute)[0]["Values"] == [1.0]
    assert data(p, asked, StartTime=start - minute, EndTime=start)[0]["Values"] == []


@row("3", "M", "An Id begins with a lower-case letter: ValidationError")
def ids_have_a_form(p: Place) -> None:
    with pytest.raises(p.watch.exceptions.ClientError) as caught:
        data(p, {**query(), "Id": "M1"})
    assert caught.value.response["Error"]["Code"] == "ValidationError"


@row("3", "M", "Minutes are kept for 15 days, then only five of them together")
def minutes_are_kept_for_fifteen_days(p: Place) -> None:
    seed_fleet(p.account, functions=1, versions=1)
    model_traffic(p.account)
    old = now(p) - timedelta(days=20)
    asked = query("Invocations", FunctionName="fleet-0000")
    assert data(p, asked, StartTime=old, EndTime=old + timedelta(days=1))[0]["Values"] == []
    asked["MetricStat"]["Period"] = 300
    assert data(p, asked, StartTime=old, EndTime=old + timedelta(days=1))[0]["Values"]


@row("3", "M", "ListMetrics forgets after two weeks; RecentlyActive=PT3H asks for three hours")
def old_metrics_are_not_listed(p: Place) -> None:
    p.function()
    called(p)
    assert p.watch.list_metrics(RecentlyActive="PT3H")["Metrics"]
    p.clock.advance(4 * 3600.0)
    assert p.watch.list_metrics(RecentlyActive="PT3H")["Metrics"] == []
    assert p.watch.list_metrics()["Metrics"]
    p.clock.advance(15 * 86_400.0)
    assert p.watch.list_metrics()["Metrics"] == []


@row("3", "M", "ListMetrics: 500 a page")
def metrics_come_by_500(p: Place) -> None:
    seed_fleet(p.account, functions=40, versions=5)
    model_traffic(p.account)
    pages = list(p.watch.get_paginator("list_metrics").paginate(Namespace="AWS/Lambda"))
    assert len(pages) > 1
    assert {len(page["Metrics"]) for page in pages[:-1]} == {500}


def alarm(p: Place, name: str = "a", **more: Any) -> None:
    p.watch.put_metric_alarm(
        **{
            "AlarmName": name,
            "Namespace": "AWS/Lambda",
            "MetricName": "Errors",
            "Dimensions": dimensions(FunctionName="f"),
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 0.0,
            "ComparisonOperator": "GreaterThanThreshold",
            **more,
        }
    )


def state(p: Place, name: str = "a") -> str:
    found = p.watch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(found[0]["StateValue"])


@row("3", "M", "DescribeAlarms shows metric alarms only, unless AlarmTypes says otherwise")
def composites_are_asked_for(p: Place) -> None:
    alarm(p)
    p.watch.put_composite_alarm(AlarmName="both", AlarmRule='ALARM("a")')
    answer = p.watch.describe_alarms()
    assert ([a["AlarmName"] for a in answer["MetricAlarms"]], answer["CompositeAlarms"]) == (
        ["a"],
        [],
    )
    asked = p.watch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    assert [a["AlarmName"] for a in asked["CompositeAlarms"]] == ["both"]


@row("3", "M", "DescribeAlarms takes a hundred names, no more")
def a_hundred_alarms(p: Place) -> None:
    call = p.watch.describe_alarms
    assert refused(call, AlarmNames=[f"a{n}" for n in range(101)])[0] == 400


@row("3", "D", "No data at all: what each treatment of missing data makes of it")
def four_treatments(p: Place) -> None:
    expected = {
        "missing": "INSUFFICIENT_DATA",
        "notBreaching": "OK",
        "breaching": "ALARM",
        "ignore": "INSUFFICIENT_DATA",
    }
    for treatment in expected:
        alarm(p, treatment, TreatMissingData=treatment)
    p.clock.advance(600.0)
    assert {name: state(p, name) for name in expected} == expected


@row("3", "M", "Every change of state is in the history")
def history_tells(p: Place) -> None:
    alarm(p, TreatMissingData="notBreaching")
    p.clock.advance(300.0)
    p.watch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="test")
    items = p.watch.describe_alarm_history(AlarmName="a", HistoryItemType="StateUpdate")
    summaries = [each["HistorySummary"] for each in items["AlarmHistoryItems"]]
    assert summaries[0] == "Alarm updated from OK to ALARM"


@row("3", "D", "Failed calls of the alias' canary turn its alarm red")
def alarms_see_their_dimensions(p: Place) -> None:
    p.function(versions=1, Handler="app.missing")
    canary = dimensions(FunctionName="f", Resource="f:live", ExecutedVersion="1")
    alarm(p, Dimensions=canary, TreatMissingData="notBreaching")
    alarm(p, "other", Dimensions=dimensions(FunctionName="g"), TreatMissingData="notBreaching")
    called(p, "live", 3)
    p.clock.advance(120.0)
    assert (state(p), state(p, "other")) == ("ALARM", "OK")
