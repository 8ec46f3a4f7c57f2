"""The wire against botocore itself: what its clients send is read, what is written they read back.

Every operation of the account's services goes both ways, in every protocol the service speaks, with
all members set and with the required ones only.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.awsrequest import HeadersDict, prepare_request_dict
from botocore.parsers import ResponseParserFactory
from botocore.serialize import create_serializer

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.wire import (
    Destination,
    Request,
    Response,
    cbor,
    destination,
    operation_model,
    read_params,
    read_signature,
    service_model,
    write_error,
    write_output,
)
from lambdactl.sandbox.wire.values import malformed, parse_time
from tests.sandbox.samples import MOMENT, sample

PROTOCOLS = {
    "lambda": ("rest-json",),
    "apigatewayv2": ("rest-json",),
    "codedeploy": ("json", "smithy-rpc-v2-cbor"),
    "cloudwatch": ("json", "smithy-rpc-v2-cbor", "query"),
    "cloudformation": ("query",),
    "logs": ("json",),
    "sts": ("query",),
}
SIGNING_NAMES = {"cloudwatch": "monitoring", "apigatewayv2": "apigateway"}


def streams(model: Any) -> bool:
    """Event streams are not spoken."""
    return bool(model.has_event_stream_input or model.has_event_stream_output)


def every_operation() -> Iterator[tuple[str, str, str]]:
    for service, protocols in PROTOCOLS.items():
        for operation in service_model(service).operation_names:
            if not streams(operation_model(service, operation)):
                for protocol in protocols:
                    yield service, operation, protocol


OPERATIONS = list(every_operation())


def sent_by_botocore(service: str, operation: str, protocol: str, params: Any) -> Request:
    """The request as a botocore client would put it on the wire, but for its signature."""
    model: Any = operation_model(service, operation)
    serialized = create_serializer(protocol, include_validation=False).serialize_to_request(
        params, model
    )
    prepare_request_dict(serialized, endpoint_url="http://127.0.0.1:1")
    body = serialized["body"]
    if isinstance(body, dict):
        body = urlencode(body)
    path, _, query = serialized["url"].removeprefix("http://127.0.0.1:1").partition("?")
    headers = {name.lower(): str(value) for name, value in serialized["headers"].items()}
    return Request(
        serialized["method"], path, query, headers, body.encode() if isinstance(body, str) else body
    )


def read_by_botocore(model: Any, protocol: str, response: Response) -> dict[str, Any]:
    parser = ResponseParserFactory().create_parser(protocol)
    headers = HeadersDict(response.headers)
    payload = _stream(model)
    body: Any = io.BytesIO(response.body) if payload else response.body
    answer = {"status_code": response.status, "headers": headers, "body": body}
    parsed: dict[str, Any] = parser.parse(answer, model.output_shape)
    parsed.pop("ResponseMetadata", None)
    return parsed | {payload: parsed[payload].read()} if payload else parsed


def _stream(model: Any) -> str | None:
    """The member whose bytes are the body as they are."""
    shape = model.output_shape
    payload = shape.serialization.get("payload") if shape else None
    return payload if payload and shape.members[payload].type_name == "blob" else None


@pytest.mark.parametrize("full", [True, False], ids=["full", "required"])
@pytest.mark.parametrize(("service", "operation", "protocol"), OPERATIONS)
def test_reads_what_botocore_sends(service: str, operation: str, protocol: str, full: bool) -> None:
    model = operation_model(service, operation)
    assert model is not None
    params = sample(model.input_shape, full=full) if model.input_shape else {}
    request = sent_by_botocore(service, operation, protocol, params)
    place = destination(request, SIGNING_NAMES.get(service, service))
    assert place == Destination(service, protocol, operation)
    read = read_params(place, model, request)
    assert without_empties(read) == without_empties(params)


def without_empties(params: dict[str, Any]) -> dict[str, Any]:
    """A form cannot carry an empty structure, and an empty body is either no body or ``{}``."""
    return {name: item for name, item in params.items() if item not in ({}, [{}], b"")}


@pytest.mark.parametrize("full", [True, False], ids=["full", "required"])
@pytest.mark.parametrize(("service", "operation", "protocol"), OPERATIONS)
def test_botocore_reads_what_is_written(
    service: str, operation: str, protocol: str, full: bool
) -> None:
    model = operation_model(service, operation)
    assert model is not None
    output = sample(model.output_shape, full=full) if model.output_shape else {}
    output = {name: 202 if _is_status(model, name) else item for name, item in output.items()}
    response = write_output(Destination(service, protocol, operation), model, output, "id-1")
    parsed = read_by_botocore(model, protocol, response)
    for name in [name for name in parsed if name not in output]:
        assert parsed.pop(name) in (
            [],
            {},
            b"",
            response.status,
        )  # botocore fills in what is absent
    assert parsed == output


def _is_status(model: Any, name: str) -> bool:
    return bool(model.output_shape.members[name].serialization.get("location") == "statusCode")


ERRORS = [
    (service, str(shape.name), protocol)
    for service, protocols in PROTOCOLS.items()
    for shape in service_model(service).error_shapes
    for protocol in protocols
]


@pytest.mark.parametrize(("service", "code", "protocol"), ERRORS)
def test_botocore_reads_every_error(service: str, code: str, protocol: str) -> None:
    response = write_error(ApiError(code, "no <such> thing", 409), service, protocol, "id-1")
    parser: Any = ResponseParserFactory().create_parser(protocol)
    answer = {
        "status_code": response.status,
        "headers": HeadersDict(response.headers),
        "body": response.body,
    }
    shape: Any = next(s for s in service_model(service).error_shapes if s.name == code)
    said = parser.parse(answer, None)["Error"]
    expected = shape.error_code if service in ("cloudwatch", "cloudformation", "sts") else code
    assert (said["Code"], said["Message"]) == (expected, "no <such> thing")


def test_members_of_an_error_travel_where_the_model_says() -> None:
    error = ApiError(
        "TooManyRequestsException",
        "Rate exceeded",
        429,
        Reason="CallerRateLimitExceeded",
        retryAfterSeconds="1",
    )
    response = write_error(error, "lambda", "rest-json", "id-1")
    assert response.headers["Retry-After"] == "1"
    assert b'"Reason":"CallerRateLimitExceeded"' in response.body
    assert b'"Type":"User"' in response.body


MALFORMED = [
    (b'{"MemorySize": "big"}', "STRING_VALUE can not be converted to an Integer"),
    (b'{"MemorySize": true}', "TRUE_VALUE can not be converted to an Integer"),
    (b'{"Description": 7}', "NUMBER_VALUE can not be converted to a String"),
    (b'{"Environment": []}', "START_ARRAY can not be converted to an Object"),
    (b'{"Layers": {}}', "START_OBJECT can not be converted to an Array"),
    (b"[]", "Could not parse request body into json: not an object"),
    (b"{", "Could not parse request body into json: Expecting property name"),
]


@pytest.mark.parametrize(("body", "message"), MALFORMED)
def test_a_malformed_body_is_refused(body: bytes, message: str) -> None:
    model = operation_model("lambda", "UpdateFunctionConfiguration")
    assert model is not None
    request = Request("PUT", "/2015-03-31/functions/f/configuration", "", {}, body)
    place = destination(request, "lambda")
    with pytest.raises(ApiError, match="SerializationException") as raised:
        read_params(place, model, request)
    assert message in raised.value.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (1772368245.25, MOMENT),
        ("1772368245.25", MOMENT),
        ("2026-03-01T12:30:45.250Z", MOMENT),
        ("2026-03-01T13:30:45.250+01:00", MOMENT),
        ("2026-03-01T12:30:45.250", MOMENT),
        ("Sun, 01 Mar 2026 12:30:45 GMT", MOMENT.replace(microsecond=0)),
    ],
)
def test_reads_a_time_in_every_form(text: Any, expected: Any) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize("text", ["yesterday", "", "2026-13-45", 1e30])
def test_what_is_no_time_is_refused(text: Any) -> None:
    with pytest.raises(ApiError, match="is not a timestamp"):
        parse_time(text)


CBOR = [
    ("00", 0),
    ("1903e8", 1000),
    ("3b7fffffffffffffff", -(2**63)),
    ("f90001", 5.960464477539063e-08),
    ("fb3ff199999999999a", 1.1),
    ("f5", True),
    ("f6", None),
    ("4401020304", b"\x01\x02\x03\x04"),
    ("62c3bc", "ü"),
    ("5f42010243030405ff", b"\x01\x02\x03\x04\x05"),
    ("7f657374726561646d696e67ff", "streaming"),
    ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
    ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
]


@pytest.mark.parametrize(("data", "value"), CBOR)
def test_reads_the_examples_of_the_cbor_standard(data: str, value: Any) -> None:
    """RFC 8949, appendix A."""
    assert cbor.loads(bytes.fromhex(data)) == value


@pytest.mark.parametrize("data", ["", "1c", "62c3", "9f01", "f8ff"])
def test_what_is_no_cbor_is_refused(data: str) -> None:
    with pytest.raises(cbor.MalformedCbor):
        cbor.loads(bytes.fromhex(data))


@pytest.mark.parametrize(
    "value", [0, 23, 24, 255, 256, 65535, 65536, 2**32, 2**53, -1, -500, 0.1, "x" * 300, b"y" * 70]
)
def test_cbor_comes_back(value: Any) -> None:
    assert cbor.loads(cbor.dumps({"value": [value]})) == {"value": [value]}


def test_not_a_number_travels_as_text_in_json() -> None:
    model = operation_model("cloudwatch", "GetMetricData")
    assert model is not None
    output = {"MetricDataResults": [{"Values": [math.nan, math.inf, -math.inf, 1.0]}]}
    response = write_output(Destination("cloudwatch", "json", "GetMetricData"), model, output, "i")
    assert b'["NaN","Infinity","-Infinity",1.0]' in response.body


def test_text_that_xml_cannot_carry_is_replaced() -> None:
    model = operation_model("cloudformation", "DescribeStacks")
    assert model is not None
    output = {"Stacks": [{"StackName": "s", "Description": "bell \x07 & <b>"}]}
    response = write_output(
        Destination("cloudformation", "query", "DescribeStacks"), model, output, "i"
    )
    parsed = read_by_botocore(model, "query", response)
    assert parsed["Stacks"][0]["Description"] == "bell ? & <b>"


SIGV4 = (
    "AWS4-HMAC-SHA256 Credential=AKIA1/20260301/us-east-1/lambda/aws4_request, "
    "SignedHeaders=host, Signature=0"
)


@pytest.mark.parametrize(
    ("request_", "signer"),
    [
        (
            Request("GET", "/", headers={"authorization": SIGV4}),
            ("AKIA1", "us-east-1", "lambda"),
        ),
        (
            Request(
                "GET", "/", "X-Amz-Credential=AKIA2%2F20260301%2Feu-west-1%2Fs3%2Faws4_request"
            ),
            ("AKIA2", "eu-west-1", "s3"),
        ),
        (Request("GET", "/b/k", "AWSAccessKeyId=AKIA3&Signature=x"), ("AKIA3", None, "s3")),
        (Request("GET", "/b/k", headers={"authorization": "AWS AKIA4:sig"}), ("AKIA4", None, "s3")),
    ],
)
def test_reads_who_signed(request_: Request, signer: tuple[str, str | None, str]) -> None:
    signature = read_signature(request_)
    assert signature is not None
    assert (signature.access_key_id, signature.region, signature.signing_name) == signer


def test_an_unsigned_request_has_no_signature() -> None:
    assert read_signature(Request("GET", "/", "a=b")) is None


def test_malformed_is_a_client_error() -> None:
    assert malformed("x").status == 400
