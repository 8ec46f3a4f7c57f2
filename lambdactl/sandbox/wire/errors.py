"""An error, said in the protocol of the one who asked."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from lambdactl.sandbox.errors import ApiError
from lambdactl.sandbox.wire import cbor
from lambdactl.sandbox.wire.message import Response
from lambdactl.sandbox.wire.models import error_shape, is_query_compatible
from lambdactl.sandbox.wire.values import json_bytes, to_cbor, to_json, wire_name


def write_error(error: ApiError, service: str | None, protocol: str, request_id: str) -> Response:
    """``service`` is ``None`` when nobody knows whom the request was for."""
    if protocol in ("query", "ec2", "rest-xml"):
        return _xml(error, service, protocol, request_id)
    shape: Any = error_shape(service, error.code) if service else None
    name = shape.name if shape else error.code
    members = {"message": error.message, **error.members}
    response = Response(error.status, {"x-amzn-ErrorType": name})
    body = dict(_members(shape, members, protocol, response))
    if shape and service and is_query_compatible(service):
        side = "Sender" if error.status < 500 else "Receiver"
        response.headers["x-amzn-query-error"] = f"{shape.error_code};{side}"
    if protocol == "smithy-rpc-v2-cbor":
        response.headers |= {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
        response.body = cbor.dumps({"__type": name, **body})
        return response
    response.headers["Content-Type"] = "application/json"
    if protocol == "json":
        body = {"__type": name, **body}
        response.headers["Content-Type"] = "application/x-amz-json-1.1"
    response.body = json_bytes(body)
    return response


def _members(
    shape: Any, members: dict[str, Any], protocol: str, response: Response
) -> list[tuple[str, Any]]:
    """The members of the error that go into the body; those of the headers are put there."""
    body = []
    if shape is not None and "Type" in shape.members:
        members = {"Type": "User" if response.status < 500 else "Service", **members}
    for name, value in members.items():
        member = _member_named(shape, name)
        if member is None:
            body.append((name, value))
        elif member[1].serialization.get("location") == "header":
            response.headers[wire_name(*member)] = str(value)
        else:
            convert = to_cbor if protocol == "smithy-rpc-v2-cbor" else to_json
            body.append((wire_name(*member), convert(member[1], value)))
    return body


def _member_named(shape: Any, name: str) -> tuple[str, Any] | None:
    for known, member in shape.members.items() if shape is not None else ():
        if known.lower() == name.lower():
            return known, member
    return None


def _xml(error: ApiError, service: str | None, protocol: str, request_id: str) -> Response:
    shape = error_shape(service, error.code) if service else None
    code = shape.error_code if shape and protocol != "rest-xml" else error.code
    extra = "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in error.members.items())
    said = f"<Code>{escape(str(code))}</Code><Message>{escape(error.message)}</Message>{extra}"
    if protocol == "query":
        side = "Sender" if error.status < 500 else "Receiver"
        text = (
            f"<ErrorResponse><Error><Type>{side}</Type>{said}</Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    elif protocol == "ec2":
        text = (
            f"<Response><Errors><Error>{said}</Error></Errors>"
            f"<RequestID>{request_id}</RequestID></Response>"
        )
    else:
        text = f"<Error>{said}<RequestId>{request_id}</RequestId></Error>"
    body = '<?xml version="1.0" encoding="UTF-8"?>' + text
    return Response(error.status, {"Content-Type": "text/xml"}, body.encode())
