"""From a request to the call it means, and from an output or an error back to a response.

Which service a request is for stands in its signature's scope; which operation, in a header, a form
field or the address, by protocol. Nothing here knows any one operation: all of it is read from
botocore's models.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from botocore.model import OperationModel

from lambdactl.sandbox.errors import ApiError
from lambdactl.sandbox.wire import cbor, rest
from lambdactl.sandbox.wire.message import Request, Response
from lambdactl.sandbox.wire.models import (
    main_protocol,
    operation_model,
    service_model,
    service_signed_as,
    speaks,
)
from lambdactl.sandbox.wire.query import parse_form, read_form, write_answer
from lambdactl.sandbox.wire.values import (
    from_cbor,
    from_json,
    json_bytes,
    malformed,
    to_cbor,
    to_json,
)

_SCOPE = re.compile(r"Credential=([^/\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_OLD_SIGNATURE = re.compile(r"AWS ([^:]+):")
_BUCKET_HOST = re.compile(r"(?!(?:s3|sandbox)[.-])(.+?)\.(?:s3[.-][^:]*|localhost)(?::\d+)?")
_DATED_PATH = re.compile(r"/(20\d\d-\d\d-\d\d|v2/apis)(/|$)")
_CBOR_PATH = re.compile(r"/service/([^/]+)/operation/([^/]+)")


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed a request, and for which service and region. The signature is not verified."""

    access_key_id: str
    region: str | None
    signing_name: str


@dataclass(frozen=True, slots=True)
class Destination:
    """``service`` and ``operation`` are ``None`` where the request means none that is known."""

    service: str | None
    protocol: str
    operation: str | None

    @property
    def model(self) -> OperationModel | None:
        if self.service is None or self.operation is None:
            return None
        return operation_model(self.service, self.operation)


def read_signature(request: Request) -> Signature | None:
    """From the Authorization header, or from the query string of a presigned request."""
    header = request.headers.get("authorization", "")
    query = request.query_parameters() if "=" in request.query else {}
    if "X-Amz-Credential" in query:
        header = f"Credential={query['X-Amz-Credential'][0]}"
    if scope := _SCOPE.search(header):
        return Signature(scope[1], scope[2], scope[3])
    if old := _OLD_SIGNATURE.match(header):
        return Signature(old[1], None, "s3")
    if "AWSAccessKeyId" in query:
        return Signature(query["AWSAccessKeyId"][0], None, "s3")
    return None


def with_bucket_in_path(request: Request) -> Request:
    """An S3 request that names its bucket in the host, ``bucket.localhost``, put the other way."""
    bucket = _BUCKET_HOST.fullmatch(request.headers.get("host", ""))
    if bucket is None:
        return request
    return replace(request, path=f"/{bucket[1]}{request.path}")


def destination(request: Request, signing_name: str | None) -> Destination:
    """What ``request`` is for."""
    service = service_signed_as(signing_name, request.path) if signing_name else None
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        address = _CBOR_PATH.fullmatch(request.path)
        return Destination(service, "smithy-rpc-v2-cbor", address[2] if address else None)
    if target := request.headers.get("x-amz-target"):
        return Destination(service, "json", target.rpartition(".")[2])
    if service is None:
        return Destination(None, _guess(request, signed=signing_name is not None), None)
    if speaks(service, "query") and _is_form(request):
        form = parse_form(request.body, request.query)
        return Destination(service, "query", form.get("Action"))
    protocol = main_protocol(service)
    if protocol.startswith("rest"):
        return Destination(service, protocol, rest.find_operation(service, request))
    form = parse_form(request.body, request.query) if protocol == "ec2" else {}
    return Destination(service, protocol, form.get("Action"))


def _is_form(request: Request) -> bool:
    kind = request.headers.get("content-type", "")
    return kind.startswith("application/x-www-form-urlencoded") or "Action=" in request.query


def _guess(request: Request, *, signed: bool) -> str:
    """The likeliest protocol of a service that nobody knows: an unsigned request is S3's, unless
    its address begins with the date of an API or says that it is API Gateway's."""
    if _is_form(request):
        return "query"
    kind = request.headers.get("content-type", "")
    dated = _DATED_PATH.match(request.path) is not None
    return "rest-json" if signed or dated or "json" in kind else "rest-xml"


def read_params(place: Destination, model: OperationModel, request: Request) -> dict[str, Any]:
    """The input members of the call."""
    shape = model.input_shape
    if place.protocol == "query":
        return read_form(shape, parse_form(request.body, request.query))
    if place.protocol.startswith("rest"):
        return rest.read_request(model, request)
    if shape is None:
        return {}
    convert, body = _parsed_body(place.protocol, request.body)
    params: dict[str, Any] = convert(shape, body)
    return params


def _parsed_body(protocol: str, body: bytes) -> tuple[Any, Any]:
    try:
        if protocol == "smithy-rpc-v2-cbor":
            return from_cbor, cbor.loads(body) if body else {}
        return from_json, json.loads(body) if body.strip() else {}
    except (ValueError, TypeError) as error:
        raise malformed(f"the body cannot be read: {error}") from error


def write_output(
    place: Destination, model: OperationModel, output: dict[str, Any], request_id: str
) -> Response:
    """The answer that carries ``output``."""
    if place.protocol == "query":
        text = write_answer(model, output, request_id)
        return Response(200, {"Content-Type": "text/xml"}, text.encode())
    if place.protocol == "rest-json":
        return rest.write_response(model, output)
    if place.protocol == "smithy-rpc-v2-cbor":
        headers = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
        shape = model.output_shape
        return Response(200, headers, cbor.dumps(to_cbor(shape, output) if shape else {}))
    version = service_model(place.service or "").metadata.get("jsonVersion", "1.1")
    headers = {"Content-Type": f"application/x-amz-json-{version}"}
    shape = model.output_shape
    content = to_json(shape, output) if shape else {}
    return Response(200, headers, json_bytes(content))


def not_there(place: Destination) -> ApiError:
    """The answer to an operation that the sandbox does not have."""
    what = place.operation or "operation at this address"
    where = f"of {place.service}" if place.service else "for this service"
    return ApiError("NotImplemented", f"The sandbox has no {what} {where}.", 501)
