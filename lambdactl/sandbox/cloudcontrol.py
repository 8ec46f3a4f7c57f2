"""Cloud Control, as far as the SAM CLI asks it: has this function a URL?

``sam list endpoints`` reads an ``AWS::Lambda::Url`` of every function. Of other types we say that
we do not have them.
"""

from __future__ import annotations

import json
from typing import Any

from lambdactl.sandbox.account import Account, ApiError

URL = "AWS::Lambda::Url"


class CloudControlService:
    """GetResource of function URLs; the identifier is the function's ARN."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def get_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        kind, identifier = params["TypeName"], params["Identifier"]
        if kind != URL:
            raise ApiError("NotImplemented", f"The sandbox's Cloud Control has no {kind}.", 501)
        try:
            asked = {"FunctionName": identifier}
            found = self._account.call("lambda", "ListFunctionUrlConfigs", asked)
        except ApiError as error:
            raise _absent(identifier) from error
        urls = found["FunctionUrlConfigs"]
        if not urls:
            raise _absent(identifier)
        members = ("FunctionArn", "FunctionUrl", "AuthType", "InvokeMode")
        shown = {name: urls[0][name] for name in members if name in urls[0]}
        description = {"Identifier": identifier, "Properties": json.dumps(shown)}
        return {"TypeName": kind, "ResourceDescription": description}


def _absent(identifier: str) -> ApiError:
    message = f"Resource of type '{URL}' with identifier '{identifier}' was not found."
    return ApiError("ResourceNotFoundException", message, 400)
