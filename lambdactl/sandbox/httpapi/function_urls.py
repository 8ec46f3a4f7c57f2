"""A request to a function URL: who may come in, the event, the function, its answer.

With AuthType NONE the resource policy of the function or alias must let everybody in, with AWS_IAM
the request must be signed. A refusal is 403 with ``{"Message": "Forbidden"}``, an error of the
function 502, one that was throttled 429.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.errors import ApiError
from lambdactl.sandbox.functions import LambdaService
from lambdactl.sandbox.functions.records import LATEST, FunctionUrl
from lambdactl.sandbox.httpapi.events import Answer, Entrance, Incoming, http_event, response_of
from lambdactl.sandbox.signatures import check_signature
from lambdactl.sandbox.wire import Request, read_signature

log = logging.getLogger(__name__)
_HOST = re.compile(r"([a-z0-9]{32})\.lambda-url\.")
_PATH = re.compile(r"/_aws/lambda-url/([a-z0-9]+)(/.*)?")


def _address(request: Request) -> tuple[str, str] | None:
    """The URL's id and the path that a request is for, if it is for a function URL at all.

    The host names it, as on AWS, or the path does: ``/_aws/lambda-url/<id>/...``.
    """
    if found := _HOST.match(request.headers.get("host", "")):
        return found[1], request.path
    if found := _PATH.fullmatch(request.path):
        return found[1], found[2] or "/"
    return None


def handle_url(account: Account, request: Request) -> Answer:
    """Status, headers and body of the response to a request to a function URL."""
    url_id, path = _address(request) or ("", request.path)
    found = _find(account, url_id)
    if found is None:
        return _said(404, "Not Found")
    function, qualifier, url = found
    target = {"FunctionName": function, **({"Qualifier": qualifier} if qualifier else {})}
    if not _is_let_in(account, request, target, url):
        return _said(403, "Forbidden")
    domain = f"{url_id}.lambda-url.{account.region}.on.aws"
    entrance = Entrance("$default", url_id, account.id, domain)
    incoming = Incoming(request.method, path, request.query, request.headers, request.body)
    event = http_event(incoming, entrance, account.clock.now())
    try:
        params = {**target, "Payload": json.dumps(event).encode()}
        done = account.call("lambda", "Invoke", params)
    except ApiError as error:
        return _said(429 if error.status == 429 else 502, error.message)
    answer = None if "FunctionError" in done else response_of(done["Payload"])
    return answer or _said(502, "Internal Server Error")


def _find(account: Account, url_id: str) -> tuple[str, str | None, FunctionUrl] | None:
    service: LambdaService = account.services["lambda"]
    with account.lock:
        for function in service.registry.functions.values():
            for qualifier, url in function.urls.items():
                if url.id == url_id:
                    return function.name, None if qualifier == LATEST else qualifier, url
    return None


def _is_let_in(
    account: Account, request: Request, target: Mapping[str, str], url: FunctionUrl
) -> bool:
    if url.members["AuthType"] == "AWS_IAM":
        return _is_signed(account, request)
    try:
        policy = account.call("lambda", "GetPolicy", target)["Policy"]
    except ApiError as error:
        if error.status == 404:
            return False
        raise
    return any(map(_opens, json.loads(policy)["Statement"]))


def _is_signed(account: Account, request: Request) -> bool:
    """Whether somebody of the account has signed; what else IAM asks is not known here."""
    signature = read_signature(request)
    if signature is None:
        return False
    try:
        check_signature(account.keys, request, signature, "lambda")
    except ApiError as refusal:
        log.debug("a function URL was not opened: %s", refusal.message)
        return False
    return True


def _opens(statement: Mapping[str, Any]) -> bool:
    """Whether a statement lets everybody call the URL."""
    kind = statement.get("Condition", {}).get("StringEquals", {})
    return (
        statement["Principal"] == "*"
        and statement["Action"] in ("lambda:InvokeFunctionUrl", "lambda:*", "*")
        and kind.get("lambda:FunctionUrlAuthType", "NONE") == "NONE"
    )


def _said(status: int, message: str) -> Answer:
    return status, {"content-type": "application/json"}, json.dumps({"Message": message}).encode()
