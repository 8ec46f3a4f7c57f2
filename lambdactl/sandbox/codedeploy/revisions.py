"""Application revisions: AppSpecs, registered by their content's hash or their place in S3.

GetDeployment never shows the content of an AppSpec; GetApplicationRevision, asked by its sha256,
does. [M]
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.clock import moment
from lambdactl.sandbox.codedeploy.paging import page
from lambdactl.sandbox.codedeploy.records import (
    Application,
    KnownRevision,
    Ledger,
    Revision,
)
from lambdactl.sandbox.codedeploy.refusals import no_revision, refused, too_many

_RAW = {"AppSpecContent": "appSpecContent", "String": "string"}
MOST_AT_ONCE = 25


def locate(revision: Mapping[str, Any] | None) -> dict[str, Any]:
    """``revision`` as it is kept: with its sha256, which is computed where it was not given."""
    if not revision:
        raise refused("RevisionRequired", "A revision must be specified")
    kind = revision.get("revisionType", "")
    if kind == "S3" and (place := revision.get("s3Location")):
        return {"revisionType": "S3", "s3Location": dict(place)}
    raw = revision.get(_RAW.get(kind, "")) or {}
    content, sha = raw.get("content"), raw.get("sha256")
    if content is None and sha is None:
        raise refused("InvalidRevision", f"The revision of type {kind} has no content")
    if content is not None:
        actual = hashlib.sha256(content.encode()).hexdigest()
        if sha is not None and sha != actual:
            raise refused(
                "InvalidRevision", "The sha256 of the revision is not that of its content"
            )
        sha = actual
    known = {"content": content, "sha256": sha} if content is not None else {"sha256": sha}
    return {"revisionType": kind, _RAW[kind]: known}


def key_of(location: Mapping[str, Any]) -> Revision:
    kind = location["revisionType"]
    if kind == "S3":
        place = location["s3Location"]
        return kind, "\n".join(
            str(place.get(part)) for part in ("bucket", "key", "version", "eTag")
        )
    return kind, location[_RAW[kind]]["sha256"]


def register(
    application: Application, location: dict[str, Any], now: float, group: str | None = None
) -> KnownRevision:
    """Know the revision, and that ``group`` deploys it now."""
    key = key_of(location)
    known = application.revisions.get(key)
    if known is None:
        raw = location.get(_RAW.get(location["revisionType"], ""))
        if raw is not None and "content" not in raw:
            raise no_revision()
        known = application.revisions[key] = KnownRevision(location, registered=now)
    if group is not None:
        known.first_used = known.first_used or now
        known.last_used = now
        if group not in known.groups:
            known.groups.append(group)
    return known


def without_content(location: Mapping[str, Any]) -> dict[str, Any]:
    """As deployments show it."""
    kind = location["revisionType"]
    if kind == "S3":
        return dict(location)
    return {"revisionType": kind, _RAW[kind]: {"sha256": location[_RAW[kind]]["sha256"]}}


def content_of(account: Account, location: Mapping[str, Any]) -> str | None:
    """The AppSpec itself; None where it is not where it should be."""
    kind = location["revisionType"]
    if kind != "S3":
        content: str = location[_RAW[kind]]["content"]
        return content
    place = location["s3Location"]
    params = {"Bucket": place.get("bucket", ""), "Key": place.get("key", "")}
    if place.get("version"):
        params["VersionId"] = place["version"]
    try:
        body = account.call("s3", "GetObject", params)["Body"]
    except ApiError as error:
        if error.status in (403, 404):
            return None
        raise
    data: bytes = body.read() if hasattr(body, "read") else body
    return data.decode()


class Revisions:
    """The operations on revisions."""

    account: Account
    ledger: Ledger

    def register_application_revision(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            application = self.ledger.application(params["applicationName"])
            location = locate(params.get("revision"))
            known = register(application, location, self.account.clock.now())
            known.description = params.get("description", known.description)
        return {}

    def get_application_revision(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            application = self.ledger.application(params["applicationName"])
            known = _known(application, params.get("revision"))
            return {
                "applicationName": application.name,
                "revision": known.location,
                "revisionInfo": _described(known),
            }

    def batch_get_application_revisions(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            application = self.ledger.application(params["applicationName"])
            if len(params["revisions"]) > MOST_AT_ONCE:
                raise too_many(MOST_AT_ONCE)
            found = [_known(application, revision) for revision in params["revisions"]]
            return {
                "applicationName": application.name,
                "revisions": [
                    {"revisionLocation": known.location, "genericRevisionInfo": _described(known)}
                    for known in found
                ],
            }

    def list_application_revisions(self, params: dict[str, Any]) -> dict[str, Any]:
        """Newest registration first, unless asked otherwise. [?]"""
        with self.account.lock:
            revisions = self.ledger.application(params["applicationName"]).revisions
            name = params.get("sortBy", "registerTime")
            attribute = {"firstUsedTime": "first_used", "lastUsedTime": "last_used"}.get(name)
            keyed = {"\n".join(key): known for key, known in revisions.items()}
            ordered = sorted(
                (key for key in keyed if _is_listed(keyed[key], params.get("deployed"))),
                key=lambda key: getattr(keyed[key], attribute or "registered") or 0.0,
                reverse=params.get("sortOrder", "descending") == "descending",
            )
            output = page("revisions", ordered, params)
            output["revisions"] = [without_content(keyed[k].location) for k in output["revisions"]]
            return output


def _known(application: Application, revision: Mapping[str, Any] | None) -> KnownRevision:
    if found := application.revisions.get(key_of(locate(revision))):
        return found
    raise no_revision()


def _is_listed(known: KnownRevision, deployed: str | None) -> bool:
    if deployed in (None, "ignore"):
        return True
    return (known.first_used is not None) == (deployed == "include")


def _described(known: KnownRevision) -> dict[str, Any]:
    info: dict[str, Any] = {
        "registerTime": moment(known.registered),
        "deploymentGroups": list(known.groups),
    }
    if known.description is not None:
        info["description"] = known.description
    if known.first_used is not None and known.last_used is not None:
        info["firstUsedTime"] = moment(known.first_used)
        info["lastUsedTime"] = moment(known.last_used)
    return info
