"""AWS's wire protocols, driven by botocore's own service models.

A :class:`Request` becomes a :class:`Call` (service, operation, input members) and an output, or an
:class:`~lambdactl.sandbox.account.ApiError`, becomes a :class:`Response`::

    place = destination(request, signature.signing_name)
    params = read_params(place, place.model, request)
    response = write_output(place, place.model, output, request_id)

``protocol`` finds out what a request means; ``rest``, ``query`` and ``values`` (with ``cbor``) read
and write the three families of protocols; ``errors`` says an error in each of them; ``constraints``
holds the input, and ``contract`` next door the output, against its shape.
"""

from lambdactl.sandbox.wire.errors import write_error
from lambdactl.sandbox.wire.message import Call, Request, Response
from lambdactl.sandbox.wire.models import operation_model, service_model
from lambdactl.sandbox.wire.protocol import (
    Destination,
    Signature,
    destination,
    not_there,
    read_params,
    read_signature,
    with_bucket_in_path,
    write_output,
)

__all__ = [
    "Call",
    "Destination",
    "Request",
    "Response",
    "Signature",
    "destination",
    "not_there",
    "operation_model",
    "read_params",
    "read_signature",
    "service_model",
    "with_bucket_in_path",
    "write_error",
    "write_output",
]
