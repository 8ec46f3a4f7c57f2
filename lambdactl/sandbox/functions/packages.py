"""Code on its way in: from the request itself, from S3, or as the address of an image.

Equal zips are kept once, however many versions hold them; what is no longer held by any is freed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import secrets
import zipfile
from collections.abc import Mapping
from typing import Any
from weakref import WeakValueDictionary

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.functions.records import Package
from lambdactl.sandbox.functions.refusals import invalid
from lambdactl.sandbox.functions.storage import UNZIPPED_LIMIT

CODE_PATH = "/_aws/lambda-code/"
_NOT_A_ZIP = "Could not unzip uploaded file. Please check your file, then try to upload again."
_S3_MEMBERS = ("S3Bucket", "S3Key", "S3ObjectVersion")


class Packages:
    """Every package in use, by what tells one from another."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._known: WeakValueDictionary[tuple[str, str], Package] = WeakValueDictionary()
        self._secret = secrets.token_bytes(16)

    def read(self, code: Mapping[str, Any]) -> Package:
        """The package of a FunctionCode, UpdateFunctionCode or LayerVersionContentInput."""
        if image := code.get("ImageUri"):
            digest = _sha256(image.encode())
            return self._keep(Package(digest, 0, b"", 0, image_uri=image), image)
        if code.get("S3Bucket"):
            return self._from_s3(code)
        content = code.get("ZipFile")
        if not content:
            raise invalid("Please provide a source for function code.")
        return self.of_zip(bytes(content))

    def of_zip(self, content: bytes) -> Package:
        """The package of a zip's bytes."""
        _check_zip(content)
        package = Package(_sha256(content), len(content), content, len(content))
        return self._keep(package, "copy")

    def location(self, package: Package) -> dict[str, str]:
        """Where the code can be fetched by whoever was told, as Lambda's Location; nowhere while
        the account does not listen. AWS's links end after ten minutes, these with the code."""
        if self._account.endpoint is None:
            return {}
        return {"Location": f"{self._account.endpoint}{CODE_PATH}{self._name(package)}"}

    def at(self, path: str) -> bytes | None:
        """The code behind the path of a :meth:`location`."""
        name = path.removeprefix(CODE_PATH)
        found = (p for p in list(self._known.values()) if p.content and self._name(p) == name)
        return next((package.content for package in found), None)

    def _name(self, package: Package) -> str:
        return hmac.new(self._secret, package.sha256.encode(), hashlib.sha256).hexdigest()

    def _from_s3(self, code: Mapping[str, Any]) -> Package:
        where = {name: code[name] for name in _S3_MEMBERS if code.get(name)}
        content = self._fetch(where)
        if code.get("S3ObjectStorageMode") != "REFERENCE":
            return self.of_zip(content)
        _check_zip(content)
        package = Package(_sha256(content), len(content), content, 0, s3_object=where)
        return self._keep(package, repr(where))

    def _fetch(self, where: Mapping[str, str]) -> bytes:
        renamed = {"Bucket": where["S3Bucket"], "Key": where.get("S3Key", "")}
        if "S3ObjectVersion" in where:
            renamed["VersionId"] = where["S3ObjectVersion"]
        try:
            body = self._account.call("s3", "GetObject", renamed)["Body"]
        except ApiError as error:
            raise invalid(
                f"Error occurred while GetObject. S3 Error Code: {error.code}. "
                f"S3 Error Message: {error.message}"
            ) from error
        return bytes(body.read()) if hasattr(body, "read") else bytes(body)

    def _keep(self, package: Package, kind: str) -> Package:
        return self._known.setdefault((package.sha256, kind), package)


def _sha256(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _check_zip(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unzipped = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise invalid(_NOT_A_ZIP) from error
    if unzipped > UNZIPPED_LIMIT:
        raise invalid(f"Unzipped size must be smaller than {UNZIPPED_LIMIT} bytes")
