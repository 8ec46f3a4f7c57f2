"""SNS topics and SQS queues: where alarms and dead letters go."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.cloudformation.records import StackResource
from lambdactl.sandbox.cloudformation.resources.kind import (
    Kind,
    Made,
    Site,
    as_tag_list,
    deleted,
    from_tag_list,
)
from lambdactl.sandbox.cloudformation.shapes import mismatch
from lambdactl.sandbox.cloudformation.walk import Work

_TOPIC = frozenset({"DisplayName", "FifoTopic", "KmsMasterKeyId"})
_QUEUE = frozenset(
    {
        "ContentBasedDeduplication",
        "DelaySeconds",
        "FifoQueue",
        "KmsMasterKeyId",
        "MaximumMessageSize",
        "MessageRetentionPeriod",
        "ReceiveMessageWaitTimeSeconds",
        "RedrivePolicy",
        "SqsManagedSseEnabled",
        "VisibilityTimeout",
    }
)


def _attributes(
    properties: Mapping[str, Any], known: frozenset[str], *apart: str
) -> dict[str, str]:
    for name in properties:
        if name not in known and name not in apart:
            raise mismatch("#", f"key [{name}] is not there in the sandbox")
    return {name: _text(value) for name, value in properties.items() if name in known}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value)


class TopicKind(Kind):
    type = "AWS::SNS::Topic"
    attributes = frozenset({"TopicArn", "TopicName"})
    fixed = frozenset({"FifoTopic", "TopicName"})
    named_by = "TopicName"

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        attributes = _attributes(properties, _TOPIC, "TopicName", "Tags")
        name = properties.get("TopicName") or site.name(256)
        tags = {**from_tag_list(properties.get("Tags")), **site.tags}
        params = {"Name": name, "Attributes": attributes, "Tags": as_tag_list(tags)}
        made = yield from site.call("sns", "CreateTopic", params)
        arn = made["TopicArn"]
        return Made(arn, {"TopicArn": arn, "TopicName": name})

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        attributes = _attributes(properties, _TOPIC, "TopicName", "Tags")
        for name, value in attributes.items():
            params = {
                "TopicArn": resource.physical_id,
                "AttributeName": name,
                "AttributeValue": value,
            }
            if value != _text(resource.properties.get(name)):
                yield from site.call("sns", "SetTopicAttributes", params)
        return Made(resource.physical_id, resource.attributes)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        yield from deleted(site, "sns", "DeleteTopic", {"TopicArn": resource.physical_id})


class QueueKind(Kind):
    type = "AWS::SQS::Queue"
    attributes = frozenset({"Arn", "QueueName", "QueueUrl"})
    fixed = frozenset({"FifoQueue", "QueueName"})
    named_by = "QueueName"

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        attributes = _attributes(properties, _QUEUE, "QueueName", "Tags")
        name = properties.get("QueueName") or site.name(80)
        tags = {**from_tag_list(properties.get("Tags")), **site.tags}
        params = {"QueueName": name, "Attributes": attributes, "tags": tags}
        made = yield from site.call("sqs", "CreateQueue", params)
        url = made["QueueUrl"]
        arn = site.account.arn("sqs", name)
        return Made(url, {"Arn": arn, "QueueName": name, "QueueUrl": url})

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        attributes = _attributes(properties, _QUEUE, "QueueName", "Tags")
        params = {"QueueUrl": resource.physical_id, "Attributes": attributes}
        yield from site.call("sqs", "SetQueueAttributes", params)
        return Made(resource.physical_id, resource.attributes)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        yield from deleted(site, "sqs", "DeleteQueue", {"QueueUrl": resource.physical_id})
