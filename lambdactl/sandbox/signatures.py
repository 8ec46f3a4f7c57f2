"""Signatures, verified as AWS verifies them: who does not know a key's secret is turned away.

The account knows its own made-up key, that of its functions, and those that its STS and IAM give
out. When a request was signed is not looked at: the account's time may run many times as fast as
that of its callers. (A skewed clock is a fault; order it.)
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from botocore.auth import HmacV1Auth, S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from lambdactl.sandbox.turned_away import Why, turned_away
from lambdactl.sandbox.wire import Request, Signature, with_bucket_in_path

_PART = re.compile(r"(Credential|SignedHeaders|Signature)=([^,\s]+)")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SIGNED_IN_QUERY = ("x-amz-", "content-md5", "content-type")
_UNSIGNED = "UNSIGNED-PAYLOAD"
_MESSAGES = {
    Why.UNKNOWN: "The security token included in the request is invalid.",
    Why.BAD_TOKEN: "The security token included in the request is invalid.",
    Why.MISMATCH: (
        "The request signature we calculated does not match the signature you provided. Check your "
        "AWS Secret Access Key and signing method. Consult the service documentation for details."
    ),
    Why.INCOMPLETE: "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature'.",
}
_S3_MESSAGES = {
    Why.UNKNOWN: "The AWS Access Key Id you provided does not exist in our records.",
    Why.BAD_TOKEN: "The provided token is malformed or otherwise invalid.",
    Why.MISMATCH: (
        "The request signature we calculated does not match the signature you provided. Check your "
        "key and signing method."
    ),
}


@dataclass(frozen=True, slots=True)
class Key:
    """What belongs to an access key id; a temporary key has a token. ``arn`` and ``user_id`` are
    whose it is, empty for the account's own user."""

    secret: str
    token: str | None = None
    arn: str = ""
    user_id: str = ""


def check_signature(
    keys: Mapping[str, Key], request: Request, signature: Signature, service: str
) -> None:
    """Raise the ApiError with which ``service`` turns the signer away, if it has to."""
    why = _objection(keys, request, signature, service)
    if why is not None:
        messages = _MESSAGES | (_S3_MESSAGES if service == "s3" else {})
        raise turned_away(service, why, messages[why])


def _objection(
    keys: Mapping[str, Key], request: Request, signature: Signature, service: str
) -> Why | None:
    key = keys.get(signature.access_key_id)
    if key is None:
        return Why.UNKNOWN
    query = {name: values[0] for name, values in request.query_parameters().items()}
    if key.token is not None and key.token not in _tokens(request, query):
        return Why.BAD_TOKEN
    credentials = Credentials(signature.access_key_id, key.secret)
    if "Signature" in query or request.headers.get("authorization", "").startswith("AWS "):
        return None if _old_fits(credentials, request, query) else Why.MISMATCH
    said = _said(request, query)
    if said is None:
        return Why.INCOMPLETE
    fits = _body_fits(request, said) and _fits(credentials, request, signature, said, service)
    return None if fits else Why.MISMATCH


def _tokens(request: Request, query: Mapping[str, str]) -> tuple[str | None, ...]:
    names = ("X-Amz-Security-Token", "x-amz-security-token")
    return request.headers.get(names[1]), *(query.get(name) for name in names)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a request says of its signature."""

    signature: str
    headers: tuple[str, ...]
    time: str
    payload: str
    """The body's hash, or what stands for it; empty where the body itself was signed."""
    in_query: bool


def _said(request: Request, query: Mapping[str, str]) -> _Said | None:
    if "X-Amz-Signature" in query:
        signed = tuple(query.get("X-Amz-SignedHeaders", "host").split(";"))
        payload = query.get("X-Amz-Content-Sha256", "")
        if "X-Amz-Expires" in query and not payload:
            payload = _UNSIGNED
        at = query.get("X-Amz-Date", "")
        return _Said(query["X-Amz-Signature"], signed, at, payload, in_query=True)
    parts = dict(_PART.findall(request.headers.get("authorization", "")))
    at = request.headers.get("x-amz-date", "")
    if len(parts) < 3 or not at:
        return None
    payload = request.headers.get("x-amz-content-sha256", "")
    signed = tuple(parts["SignedHeaders"].split(";"))
    return _Said(parts["Signature"], signed, at, payload, in_query=False)


def _body_fits(request: Request, said: _Said) -> bool:
    """Whether the body is the one whose hash was signed, where it is a hash that was signed."""
    hashed = _SHA256.fullmatch(said.payload) is not None
    return not hashed or hashlib.sha256(request.body).hexdigest() == said.payload


def _fits(
    credentials: Credentials, request: Request, by: Signature, said: _Said, service: str
) -> bool:
    kind = S3SigV4Auth if service == "s3" else SigV4Auth
    region = by.region or ""
    auth: Any = kind(credentials, by.signing_name, region)
    asked = _restored(request, said)
    canonical = _canonical(auth, asked, said, request)
    to_sign = auth.string_to_sign(asked, canonical)
    key = _signing_key(credentials.secret_key, said.time[:8], region, by.signing_name)
    ours = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(ours, said.signature)


def _canonical(auth: Any, asked: AWSRequest, said: _Said, request: Request) -> str:
    """As botocore puts a request down, but with the headers that this one says were signed."""
    signed = HTTPHeaders()
    for name in said.headers:
        signed[name] = request.headers.get(name, "")
    parts = urlsplit(asked.url)
    return "\n".join(
        (
            request.method,
            auth._normalize_url_path(parts.path),
            auth.canonical_query_string(asked),
            auth.canonical_headers(signed) + "\n",
            ";".join(said.headers),
            said.payload or hashlib.sha256(request.body).hexdigest(),
        )
    )


def _restored(request: Request, said: _Said) -> AWSRequest:
    """The request as it was when it was signed: a presigned one did not have its signature yet."""
    pairs = [pair for pair in request.query.split("&") if pair]
    if said.in_query:
        pairs = [pair for pair in pairs if not pair.startswith("X-Amz-Signature=")]
    host = request.headers.get("host", "localhost")
    asked = AWSRequest(request.method, f"http://{host}{request.path}?{'&'.join(pairs)}")
    asked.context["timestamp"] = said.time
    return asked


@lru_cache(maxsize=128)
def _signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


class _Old(HmacV1Auth):
    """S3's first signature, with the time that the request gives instead of now."""

    def __init__(self, credentials: Credentials, at: str) -> None:
        super().__init__(credentials)
        self._at = at

    def _get_date(self) -> str:
        return self._at


def _old_fits(credentials: Credentials, request: Request, query: Mapping[str, str]) -> bool:
    presigned = "Signature" in query
    headers: Any = HTTPHeaders()
    carried = dict(request.headers)
    if presigned:
        carried |= {name: query[name] for name in query if name.startswith(_SIGNED_IN_QUERY)}
    for name, value in carried.items():
        headers[name] = value
    at = query.get("Expires", "") if presigned else request.headers.get("date", "")
    path = with_bucket_in_path(request).path
    whole_bucket = path.count("/") == 1 and path != "/"  # which is signed with a slash behind it
    split = SplitResult("http", "", path + "/" * whole_bucket, request.query, "")
    ours: str = _Old(credentials, at).get_signature(request.method, split, headers)
    theirs = query["Signature"] if presigned else request.headers["authorization"]
    return hmac.compare_digest(ours, theirs.rpartition(":")[2])
