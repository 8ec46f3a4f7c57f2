"""The services that moto lends us: S3, IAM, STS, Logs, and whatever else it has.

moto is imported when one of them is first used. It is driven without its server and without its
mocking: a request is put into moto's own request type, handed to the function that moto's URL table
names, and what comes back is checked. Where moto gives up (an HTML page, "not yet implemented", an
exception) the answer is a 501 or a 500 in the protocol that the client speaks.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from lambdactl.sandbox import inside
from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.contract import check_request
from lambdactl.sandbox.moto_contract import check_answer, parsed
from lambdactl.sandbox.moto_mending import mended
from lambdactl.sandbox.moto_world import MotoWorld, the_world
from lambdactl.sandbox.signatures import Key
from lambdactl.sandbox.wire import (
    Destination,
    Request,
    Response,
    destination,
    not_there,
    read_params,
    read_signature,
    write_error,
)
from lambdactl.sandbox.wire.models import service_model

log = logging.getLogger(__name__)

S3_OPERATIONS = frozenset(
    f"{verb}{what}"
    for verbs, whats in (
        ("Create Delete Head", "Bucket"),
        (
            "Get Put Delete",
            "BucketCors BucketEncryption BucketLifecycle BucketOwnershipControls BucketPolicy "
            "BucketReplication BucketTagging BucketWebsite ObjectTagging PublicAccessBlock",
        ),
        (
            "Get Put",
            "BucketAcl BucketLifecycleConfiguration BucketLogging BucketNotificationConfiguration "
            "BucketVersioning ObjectAcl ObjectLegalHold ObjectLockConfiguration",
        ),
        ("Get Put Head Delete Copy", "Object"),
        ("List", "Buckets Objects ObjectsV2 ObjectVersions MultipartUploads Parts"),
        ("Create Complete Abort", "MultipartUpload"),
        ("Upload", "Part PartCopy"),
        ("Get", "BucketLocation BucketPolicyStatus ObjectAttributes"),
        ("Delete", "Objects"),
        ("Put", "ObjectRetention"),
    )
    for verb in verbs.split()
    for what in whats.split()
)
"""What moto's S3 performs. It takes the rest for something else: a PutBucketAnalyticsConfiguration
for a CreateBucket, and says 200."""

_GIVES_OUT_KEYS = frozenset(
    {("iam", "CreateAccessKey")}
    | {("sts", f"Get{what}Token") for what in ("Session", "Federation")}
    | {("sts", f"AssumeRole{how}") for how in ("", "WithSAML", "WithWebIdentity")}
)
_KEPT_FROM_MOTO = frozenset({"connection", "expect", "host", "transfer-encoding"})
_KEPT_FROM_CLIENT = frozenset(
    {"connection", "date", "server", "status", "transfer-encoding", "x-amzn-requestid"}
)
_FORM = "application/x-www-form-urlencoded"
"""What some clients call any body. moto would read an object of that type as a form."""


class MotoSide:
    """moto's services as part of one account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def handle(self, request: Request, place: Destination) -> Response:
        """moto's answer to ``request``; :class:`ApiError` 501 where it has none."""
        model, door = place.model, self._account.door
        if model is None or (place.service == "s3" and place.operation not in S3_OPERATIONS):
            raise not_there(place)
        if door.strict:
            door.hold(lambda: check_request(model, read_params(place, model, request)))
        world = the_world()
        url = self._address(request, place.service or "")
        headers = {n: v for n, v in request.headers.items() if n not in _KEPT_FROM_MOTO}
        headers |= {"host": url.split("/", 3)[2], "x-moto-account-id": self._account.id}
        if place.service == "s3" and headers.get("content-type", "").startswith(_FORM):
            headers["content-type"] = "binary/octet-stream"
        with world.belonging_to(self._account):
            answer = self._ask(world, request.method, url, headers, request.body, place)
            if place.operation == "PutLogEvents":
                world.keep_newest_lines(self._account)
        answer = mended(_checked(answer, place), place)
        if door.strict:
            door.hold(lambda: check_answer(place, model, answer))
        if answer.status == 200 and (place.service, place.operation) in _GIVES_OUT_KEYS:
            self._learn(parsed(place, model.output_shape, answer, answer.body))
        return answer

    def _learn(self, output: dict[str, Any]) -> None:
        """Let whoever was given a key sign with it, under the name that goes with it."""
        given = output.get("Credentials") or output["AccessKey"]
        whose = output.get("AssumedRoleUser") or output.get("FederatedUser") or {}
        arn = whose.get("Arn", "")
        user_id = whose.get("AssumedRoleId") or whose.get("FederatedUserId") or ""
        if user := given.get("UserName"):
            arn = f"arn:aws:iam::{self._account.id}:user/{user}"
        key = Key(given["SecretAccessKey"], given.get("SessionToken"), arn, user_id)
        self._account.keys[given["AccessKeyId"]] = key

    def call(self, service: str, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        """One call from inside the account. Streams come back as bytes."""
        client = _client(service, self._account.region)
        turn = _asked_by.set(self)
        try:
            output: dict[str, Any] = getattr(client, xform_name(operation))(**params)
        except ClientError as error:
            said, metadata = error.response["Error"], error.response["ResponseMetadata"]
            code, message = said.get("Code", "Unknown"), said.get("Message", "")
            raise ApiError(code, message, metadata["HTTPStatusCode"]) from error
        finally:
            _asked_by.reset(turn)
        del output["ResponseMetadata"]
        streams = {n: v.read() for n, v in output.items() if isinstance(v, StreamingBody)}
        return {**output, **streams}

    def close(self) -> None:
        """Forget what moto keeps for this account."""
        the_world().forget(self._account)

    def answer(self, request: Request) -> Response:
        """The answer to a client in this process, an error in its protocol."""
        signature = read_signature(request)
        place = destination(request, signature.signing_name if signature else None)
        try:
            return self.handle(request, place)
        except ApiError as error:
            return write_error(error, place.service, place.protocol, self._account.new_id())

    def _address(self, request: Request, service: str) -> str:
        """The URL that the request would have on AWS: moto goes by it."""
        prefix = service_model(service).metadata["endpointPrefix"]
        query = f"?{request.query}" if request.query else ""
        return f"https://{prefix}.{self._account.region}.amazonaws.com{request.path}{query}"

    def _ask(
        self,
        world: MotoWorld,
        method: str,
        url: str,
        headers: dict[str, str],
        body: bytes,
        place: Destination,
    ) -> Response:
        try:
            answer = world.ask(method, url, headers, body)
        except NotImplementedError as error:
            raise not_there(place) from error
        except ImportError as error:
            message = f"moto's {place.service} needs what is not installed: {error}"
            raise ApiError("NotImplemented", message, 501) from error
        except Exception as error:
            log.exception("moto failed at %s %s", place.service, place.operation)
            message = f"moto failed: {type(error).__name__}: {error}"
            raise ApiError("InternalFailure", message, 500) from error
        if answer is None:
            raise not_there(place)
        return answer


_asked_by: ContextVar[MotoSide] = ContextVar("asked_by")


@lru_cache(maxsize=32)
def _client(service: str, region: str) -> Any:
    """One client serves all accounts of the process: it takes 100 ms to make."""
    return inside.client(lambda request: _asked_by.get().answer(request), service, region)


def _checked(response: Response, place: Destination) -> Response:
    """``response`` without what is the door's to say; never an HTML error."""
    response.headers = {
        name: str(value)
        for name, value in response.headers.items()
        if name.lower() not in _KEPT_FROM_CLIENT
    }
    kind = next((v for n, v in response.headers.items() if n.lower() == "content-type"), "")
    if response.status >= 400 and ("html" in kind or response.body[:5].lower() == b"<!doc"):
        raise not_there(place)
    if response.status == 404 and response.body == b"" and place.operation is None:
        raise not_there(place)
    return response
