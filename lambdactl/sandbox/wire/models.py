"""botocore's service models: the truth about every operation, shape and protocol.

They are loaded when first asked for, from the files that come with botocore and from nowhere else
(botocore itself also looks into ``~/.aws/models``), and without their prose, which is two thirds
of their size.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import OperationModel, OperationNotFoundError, ServiceModel

SIGNED_AS = {
    "aoss": "opensearchserverless",
    "cloudcontrolapi": "cloudcontrol",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "elasticmapreduce": "emr",
    "es": "opensearch",
    "execute-api": "apigatewaymanagementapi",
    "mobiletargeting": "pinpoint",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}
"""Signing names that are not botocore's name of the service."""

PROTOCOLS = ("json", "rest-json", "rest-xml", "smithy-rpc-v2-cbor", "query", "ec2")


@lru_cache(maxsize=1)
def _loader() -> Loader:
    return Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)


def _without_prose(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: _without_prose(value)
            for key, value in node.items()
            if not (key == "documentation" and isinstance(value, str))
        }
    if isinstance(node, list):
        return [_without_prose(item) for item in node]
    return node


@lru_cache(maxsize=64)
def service_model(service: str) -> ServiceModel:
    """The model of ``service``; :class:`UnknownServiceError` if botocore has none."""
    loader = Loader(
        extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False
    )
    description = loader.load_service_model(service, "service-2")
    return ServiceModel(_without_prose(description), service_name=service)


@lru_cache(maxsize=1)
def _known_services() -> frozenset[str]:
    return frozenset(_loader().list_available_services("service-2"))


def service_signed_as(name: str, path: str) -> str | None:
    """botocore's name of the service that signs as ``name``, ``None`` if there is no such one."""
    name = name.lower()
    if name == "apigateway" and path.startswith("/v2/"):
        return "apigatewayv2"
    service = SIGNED_AS.get(name, name)
    return service if service in _known_services() else None


def is_known(service: str) -> bool:
    return service in _known_services()


@lru_cache(maxsize=1024)
def operation_model(service: str, operation: str) -> OperationModel | None:
    """The model of an operation, ``None`` if the service has none of that name."""
    try:
        return service_model(service).operation_model(operation)
    except (OperationNotFoundError, UnknownServiceError):
        return None


def main_protocol(service: str) -> str:
    """The protocol in which a current botocore client speaks to ``service``."""
    metadata: dict[str, Any] = service_model(service).metadata
    offered = metadata.get("protocols") or [metadata["protocol"]]
    return next(protocol for protocol in PROTOCOLS if protocol in offered)


def speaks(service: str, protocol: str) -> bool:
    metadata: dict[str, Any] = service_model(service).metadata
    return protocol in (metadata.get("protocols") or [metadata["protocol"]])


def is_query_compatible(service: str) -> bool:
    """Whether errors also carry the code of the query protocol that the service once spoke."""
    return "awsQueryCompatible" in service_model(service).metadata


@lru_cache(maxsize=256)
def error_shape(service: str, code: str) -> Any:
    """The error shape that goes by ``code``, be it the shape's name or the code on the wire."""
    shapes: list[Any] = list(service_model(service).error_shapes)
    return next((shape for shape in shapes if code in (shape.name, shape.error_code)), None)


@lru_cache(maxsize=512)
def pattern(text: str) -> re.Pattern[str] | None:
    """A pattern of the model, or ``None`` where Python has no such dialect (``\\p{L}``)."""
    text = re.sub(r"\\w-(?=[^\]])", r"\\w\\-", text)
    if r"\p{" in text:
        return None
    return re.compile(text)
