"""``--deep``: other services that may name a version by its ARN (rules 14 and 17 of pruning).

Each source is read to its end and searched as text for ``function:NAME:N``, wherever in its answers
that stands. One that may not be read is unread, and nothing is deleted then: who asks for a deep
look does not want half of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from lambdactl.aws.door import Door
from lambdactl.aws.parts import Parts
from lambdactl.model import VersionUse

NAMED = re.compile(r":function:([\w-]+):(\d+)(?!\w)")
EDGE_REGION = "us-east-1"
Found = dict[str, tuple[VersionUse, ...]]
Source = Callable[[Door], Iterator[Mapping[str, Any]]]


def search(door: Door, parts: Parts) -> Found:
    """Function -> its versions that any source names."""
    found: Found = {}
    for what, (rule, source) in SOURCES.items():
        if rule == 14 and door.region != EDGE_REGION:
            continue
        nothing: frozenset[tuple[str, int]] = frozenset()
        for function, number in parts.read(what, partial(named, door, source), nothing):
            use = VersionUse(number, f"named in {what}", rule)
            found[function] = (*found.get(function, ()), use)
    return found


def named(door: Door, source: Source) -> frozenset[tuple[str, int]]:
    pairs: set[tuple[str, int]] = set()
    for answer in source(door):
        text = json.dumps(answer, default=str)
        pairs.update((name, int(number)) for name, number in NAMED.findall(text))
    return frozenset(pairs)


def state_machines(door: Door) -> Iterator[Mapping[str, Any]]:
    rows = door.pages("stepfunctions", "ListStateMachines", "stateMachines", "the state machines")
    for row in list(rows):
        arn = row["stateMachineArn"]
        yield door.call(
            "stepfunctions", "DescribeStateMachine", f"state machine {arn}", stateMachineArn=arn
        )


def http_apis(door: Door) -> Iterator[Mapping[str, Any]]:
    for api in list(door.pages("apigatewayv2", "GetApis", "Items", "the HTTP APIs")):
        about, api_id = f"API {api['Name']}", api["ApiId"]
        yield from door.pages("apigatewayv2", "GetIntegrations", "Items", about, ApiId=api_id)
        yield from door.pages("apigatewayv2", "GetStages", "Items", about, ApiId=api_id)
        yield from door.pages("apigatewayv2", "GetAuthorizers", "Items", about, ApiId=api_id)


def rest_apis(door: Door) -> Iterator[Mapping[str, Any]]:
    for api in list(door.pages("apigateway", "GetRestApis", "items", "the REST APIs")):
        about, api_id = f"API {api.get('name')}", api["id"]
        yield from door.pages(
            "apigateway", "GetResources", "items", about, restApiId=api_id, embed=["methods"]
        )
        yield door.call("apigateway", "GetStages", about, restApiId=api_id)
        yield from door.pages("apigateway", "GetAuthorizers", "items", about, restApiId=api_id)


def rules(door: Door) -> Iterator[Mapping[str, Any]]:
    for bus in event_buses(door):
        names = [
            row["Name"]
            for row in door.pages("events", "ListRules", "Rules", f"bus {bus}", EventBusName=bus)
        ]
        for name in names:
            yield from door.pages(
                "events", "ListTargetsByRule", "Targets", f"rule {name}",
                Rule=name, EventBusName=bus,
            )  # fmt: skip


def event_buses(door: Door) -> Iterator[str]:
    token: str | None = None
    while True:
        more = {"NextToken": token} if token else {}
        answer = door.call("events", "ListEventBuses", "the event buses", **more)
        yield from (row["Name"] for row in answer["EventBuses"])
        token = answer.get("NextToken")
        if not token:
            return


def schedules(door: Door) -> Iterator[Mapping[str, Any]]:
    rows = door.pages("scheduler", "ListSchedules", "Schedules", "the schedules")
    for row in list(rows):
        name = row["Name"]
        yield door.call(
            "scheduler", "GetSchedule", f"schedule {name}", Name=name, GroupName=row["GroupName"]
        )


def subscriptions(door: Door) -> Iterator[Mapping[str, Any]]:
    return door.pages("sns", "ListSubscriptions", "Subscriptions", "the subscriptions")


def notifications(door: Door) -> Iterator[Mapping[str, Any]]:
    answer = door.call("s3", "ListBuckets", "the buckets", BucketRegion=door.region)
    for bucket in answer.get("Buckets", ()):
        name = bucket["Name"]
        yield door.call("s3", "GetBucketNotificationConfiguration", f"bucket {name}", Bucket=name)


def user_pools(door: Door) -> Iterator[Mapping[str, Any]]:
    rows = door.pages("cognito-idp", "ListUserPools", "UserPools", "the user pools", MaxResults=60)
    for row in list(rows):
        yield door.call(
            "cognito-idp", "DescribeUserPool", f"user pool {row['Name']}", UserPoolId=row["Id"]
        )


def distributions(door: Door) -> Iterator[Mapping[str, Any]]:
    token: str | None = None
    while True:
        more = {"Marker": token} if token else {}
        answer = door.call("cloudfront", "ListDistributions", "the distributions", **more)
        listed = answer["DistributionList"]
        yield from listed.get("Items", ())
        token = listed.get("NextMarker") if listed.get("IsTruncated") else None
        if not token:
            return


SOURCES: Mapping[str, tuple[int, Source]] = {
    "CloudFront": (14, distributions),
    "Step Functions": (17, state_machines),
    "API Gateway HTTP APIs": (17, http_apis),
    "API Gateway REST APIs": (17, rest_apis),
    "EventBridge rules": (17, rules),
    "EventBridge schedules": (17, schedules),
    "SNS": (17, subscriptions),
    "S3 notifications": (17, notifications),
    "Cognito": (17, user_pools),
}
"""What is searched -> the rule that it is for, and how it is read."""
