"""The one door: every request to the account goes through :meth:`Door.handle`.

A request from the loopback socket and one from a botocore client in this process are handled
alike; a call that one service makes to another (``account.call``) joins at :meth:`Door.perform`.
Inside the door sit the faults, the check of the input against its shape, and the journal of what
was asked::

    Request -> whose is it? -> faults -> read -> check -> the service's method -> write -> Response
                                      `-> moto, for S3, IAM and what else we do not have ourselves
"""

from __future__ import annotations

import gzip
import importlib
import logging
import re
import time
import uuid
import zlib
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore import xform_name

from lambdactl.sandbox import admin
from lambdactl.sandbox.account import Account
from lambdactl.sandbox.contract import (
    ContractError,
    check_output,
    check_request,
    is_recorded,
    write_down,
)
from lambdactl.sandbox.errors import ApiError
from lambdactl.sandbox.faults import Blow, ConnectionDropped, Faults, throttled
from lambdactl.sandbox.identity import whose
from lambdactl.sandbox.journal import Entry, Journal
from lambdactl.sandbox.quotas import Quotas
from lambdactl.sandbox.signatures import check_signature
from lambdactl.sandbox.turned_away import Why, turned_away, unsigned
from lambdactl.sandbox.wire import (
    Call,
    Destination,
    Request,
    Response,
    Signature,
    destination,
    not_there,
    operation_model,
    read_params,
    read_signature,
    with_bucket_in_path,
    write_error,
    write_output,
)
from lambdactl.sandbox.wire.constraints import check_input
from lambdactl.sandbox.wire.models import is_known

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from lambdactl.sandbox.moto_side import MotoSide

log = logging.getLogger(__name__)

OURS = frozenset(
    {"apigateway", "apigatewayv2", "cloudformation", "cloudwatch", "codedeploy", "lambda"}
)
"""Services that are never moto's: what they lack is said, not pretended."""

ALONE = frozenset({"cognito-idp"})
"""Services that are not moto's either, for the little that they have here."""

_URL_PATH = "/_aws/lambda-url/"
_CODE_PATH = "/_aws/lambda-code/"
_API_HOST = re.compile(r"([a-z0-9]+)\.execute-api\.")
_API_PATH = re.compile(r"/_aws/execute-api/([a-z0-9]+)(/.*)?")


class Door:
    """The account's only entrance. ``strict`` refuses answers that AWS could not have given."""

    def __init__(
        self,
        account: Account,
        *,
        strict: bool = False,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.account = account
        self.strict = strict or is_recorded()
        self.faults = Faults()
        self.quotas: Quotas | None = None
        """Set to have Lambda throttle as AWS does; a clock that stands still would never relent."""
        self.journal = Journal()
        self.breaches: list[str] = []
        self.pause = pause

    @cached_property
    def moto(self) -> MotoSide:
        """The services behind moto; the first use imports it."""
        from lambdactl.sandbox.moto_side import MotoSide

        return MotoSide(self.account)

    def close(self) -> None:
        """Give back what moto keeps for this account, if it was ever used."""
        if "moto" in self.__dict__:
            self.moto.close()

    def handle(self, request: Request) -> Response:
        """Answer ``request``; :class:`ConnectionDropped` if a fault wants no answer."""
        request_id = str(uuid.uuid4())
        if request.path.startswith(admin.PREFIX):
            response = admin.handle(self.account, request)
        elif (address := _invocation_address(request)) is not None:
            response = self._invoke_api(address[0], replace(request, path=address[1]))
        elif _is_for_url(request):
            response = self._invoke_url(request)
        elif request.path.startswith(_CODE_PATH):
            response = self._fetch_code(request)
        else:
            response = self._answer(request, request_id)
        response.headers.setdefault("x-amzn-RequestId", request_id)
        response.headers["Date"] = formatdate(self.account.clock.now(), usegmt=True)
        return response

    def perform(self, call: Call) -> dict[str, Any]:
        """The output of ``call``, or its :class:`ApiError`. For calls from inside the account."""
        model = operation_model(call.service, call.operation)
        try:
            if model is None:
                raise not_there(Destination(call.service, "json", call.operation))
            output = self._perform(call, model)
            if call.cut:
                raise ConnectionDropped
        except ApiError as error:
            self._note(call, error.status, error.code)
            raise
        except ConnectionDropped as error:
            self._note(call, 0)
            raise ApiError("InternalFailure", "the connection was dropped", 500) from error
        self._note(call, 200)
        return output

    def _answer(self, request: Request, request_id: str) -> Response:
        signature = read_signature(request)
        signed_as = signature.signing_name if signature else None
        signed, request = request, _addressed(request, signed_as)
        place = destination(request, signed_as)
        caller = signature.access_key_id if signature else "anonymous"
        call = Call(place.service or "unknown", place.operation or "Unknown", {}, caller)
        try:
            self._admit(signed, place, signature)
            response = self._performed(request, place, call, request_id)
        except ApiError as error:
            self._note(call, error.status, error.code)
            return write_error(error, place.service, place.protocol, request_id)
        except ConnectionDropped:
            self._note(call, 0)
            raise
        except Exception as error:
            log.exception("%s failed inside the sandbox", call.action)
            self._note(call, 500, "InternalFailure")
            message = f"the sandbox failed: {type(error).__name__}: {error}"
            failure = ApiError("InternalFailure", message, 500)
            return write_error(failure, place.service, place.protocol, request_id)
        self._note(call, response.status)
        response.cut = call.cut
        return response

    def _admit(self, request: Request, place: Destination, signature: Signature | None) -> None:
        """Turn away who AWS would turn away, and whoever a web page has sent: a page in the user's
        browser can post a form to any port of the machine, but it cannot sign."""
        if "origin" in request.headers:
            raise ApiError("AccessDenied", "The sandbox does not serve web pages.", 403)
        if signature is None:
            raise unsigned(place.protocol)
        service, region = place.service, self.account.region
        if service is None:
            return
        if service in OURS and signature.region not in (region, None):
            message = f"Credential should be scoped to a valid region: this sandbox is in {region}."
            raise turned_away(service, Why.MISMATCH, message)
        check_signature(self.account.keys, request, signature, service)

    def _performed(
        self,
        request: Request,
        place: Destination,
        call: Call,
        request_id: str,
    ) -> Response:
        if place.service is None:
            raise not_there(place)
        if not self._is_ours(call):
            if blow := self._strike(call):
                self._deliver(blow, call, lambda: self.moto.handle(request, place))
            return self.moto.handle(request, place)
        model = place.model
        if model is None:
            raise not_there(place)
        call.params = read_params(place, model, _inflated(request))
        turn = self.account.caller.set(call.caller)
        try:
            return write_output(place, model, self._perform(call, model), request_id)
        finally:
            self.account.caller.reset(turn)

    def _perform(self, call: Call, model: OperationModel) -> dict[str, Any]:
        if blow := self._strike(call):
            self._deliver(blow, call, lambda: self._dispatch(call, model))
        return self._dispatch(call, model)

    def _dispatch(self, call: Call, model: OperationModel) -> dict[str, Any]:
        if not self._is_ours(call):
            return self.moto.call(call.service, call.operation, call.params)
        service = self.account.services.get(call.service)
        method = getattr(service, xform_name(call.operation), None)
        if method is None:
            raise not_there(Destination(call.service, "json", call.operation))
        if self.strict and call.caller is None:
            self.hold(lambda: check_request(model, call.params))
        check_input(call.service, model, call.params)
        token = model.idempotent_members
        params = {**{name: str(uuid.uuid4()) for name in token}, **call.params}
        output: dict[str, Any] = method(params) or {}
        if self.strict:
            self.hold(lambda: check_output(model, output))
        return output

    def hold(self, check: Callable[[], None]) -> None:
        """Note the breach that ``check`` finds, and raise it: the run of the tests fails by it."""
        try:
            check()
        except ContractError as error:
            self.breaches.append(str(error))
            write_down(str(error))
            raise

    def _is_ours(self, call: Call) -> bool:
        if call.service in OURS | ALONE or not is_known(call.service):
            return True
        service = self.account.services.get(call.service)
        return hasattr(service, xform_name(call.operation))

    def _strike(self, call: Call) -> Blow | None:
        caller_arn, _ = whose(self.account, call.caller)
        if self.quotas is not None and self.quotas.exceeded_by(call):
            return throttled()(call, caller_arn)
        return self.faults.strike(call, caller_arn)

    def _deliver(self, blow: Blow, call: Call, perform: Callable[[], object]) -> None:
        call.cut = blow.cut
        if blow.delay_s:
            self.pause(blow.delay_s)
        if blow.error is not None:
            raise blow.error
        if blow.drops:
            if blow.performed:
                perform()
            raise ConnectionDropped

    def _note(self, call: Call, status: int, code: str | None = None) -> None:
        now = self.account.clock.now()
        entry = Entry(now, call.service, call.operation, call.caller, call.writes, status, code)
        self.journal.append(entry)

    def _fetch_code(self, request: Request) -> Response:
        """A function's zip, for whoever was given the link: as on AWS it needs no signature."""
        code_at = getattr(self.account.services.get("lambda"), "code_at", None)
        found = code_at(request.path) if code_at and request.method == "GET" else None
        if found is None:
            return Response(403, {"Content-Type": "text/plain"}, b"Access Denied")
        return Response(200, {"Content-Type": "application/zip"}, found)

    def _invoke_url(self, request: Request) -> Response:
        httpapi = importlib.import_module("lambdactl.sandbox.httpapi")
        status, headers, body = httpapi.handle_url(self.account, request)
        return Response(status, dict(headers), body)

    def _invoke_api(self, api_id: str, request: Request) -> Response:
        httpapi = importlib.import_module("lambdactl.sandbox.httpapi")
        parts = (request.method, request.path, request.query, request.headers, request.body)
        rest = self.account.services.get("apigateway")
        is_rest = rest is not None and api_id in rest.apis
        kind = importlib.import_module("lambdactl.sandbox.restapi") if is_rest else httpapi
        status, headers, body = kind.handle(self.account, httpapi.Incoming(*parts), api_id)
        return Response(status, dict(headers), body)


def _is_for_url(request: Request) -> bool:
    """Whether a request is for a function URL: asked of every request, so it loads nothing."""
    return ".lambda-url." in request.headers.get("host", "") or request.path.startswith(_URL_PATH)


def _invocation_address(request: Request) -> tuple[str, str] | None:
    """The API and the path that a request is for, if it is for one at all."""
    if found := _API_HOST.match(request.headers.get("host", "")):
        return found[1], request.path
    if found := _API_PATH.fullmatch(request.path):
        return found[1], found[2] or "/"
    return None


def _addressed(request: Request, signed_as: str | None) -> Request:
    """``request`` as the models address it; its signature is of how it came."""
    return with_bucket_in_path(request) if signed_as == "s3" else request


def _inflated(request: Request) -> Request:
    """``request`` with a compressed body unpacked: boto3 packs PutMetricData above 10 KB."""
    if request.headers.get("content-encoding") != "gzip":
        return request
    try:
        return replace(request, body=gzip.decompress(request.body))
    except (OSError, EOFError, zlib.error) as error:
        raise ApiError("SerializationException", "the body is not gzip", 400) from error
