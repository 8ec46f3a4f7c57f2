"""Function URLs: an address on the web for a function or for one of its aliases.

A version number cannot have one: the shape of the qualifier refuses it. An alias that goes takes
its URL with it.
"""

from __future__ import annotations

from typing import Any

from lambdactl.sandbox.account import random_text
from lambdactl.sandbox.clock import stamp
from lambdactl.sandbox.functions.paging import page, with_next
from lambdactl.sandbox.functions.records import LATEST, Function, FunctionUrl
from lambdactl.sandbox.functions.refusals import conflict, not_found
from lambdactl.sandbox.functions.registry import Room

_PAGE = 50
_GONE = "The resource you requested does not exist."
_SETTINGS = ("AuthType", "Cors", "InvokeMode")


class FunctionUrls(Room):
    """``InvokeMode`` RESPONSE_STREAM is kept and shown; the answer comes in one piece."""

    def create_function_url_config(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, qualifier = self.registry.find_place(params)
            if qualifier in function.urls:
                arn = self.registry.arn(function.name, _shown_as(qualifier))
                raise conflict(
                    f"Failed to create function url config for [functionArn = {arn}]. Error "
                    "message:  FunctionUrlConfig exists for this Lambda function"
                )
            now = stamp(self.account.clock.now())
            members = {"InvokeMode": "BUFFERED", **_given(params)}
            url_id = random_text(32)
            function.urls[qualifier] = FunctionUrl(url_id, members, now, now)
            return self._shown(function, qualifier)

    def update_function_url_config(self, params: dict[str, Any]) -> dict[str, Any]:
        """Members left out keep their value."""
        with self.account.lock:
            function, qualifier, url = self._found(params)
            url.members |= _given(params)
            url.modified = stamp(self.account.clock.now())
            return {**self._shown(function, qualifier), "LastModifiedTime": url.modified}

    def get_function_url_config(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, qualifier, url = self._found(params)
            return {**self._shown(function, qualifier), "LastModifiedTime": url.modified}

    def delete_function_url_config(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, qualifier, _ = self._found(params)
            del function.urls[qualifier]
        return {}

    def list_function_url_configs(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, _ = self.registry.find(params)
            chosen, marker = page(function.urls, params, limit=_PAGE)
            configs = [
                {
                    **self._shown(function, qualifier),
                    "LastModifiedTime": function.urls[qualifier].modified,
                }
                for qualifier in chosen
            ]
        return with_next({"FunctionUrlConfigs": configs}, marker)

    def _found(self, params: dict[str, Any]) -> tuple[Function, str, FunctionUrl]:
        function, qualifier = self.registry.find_place(params)
        url = function.urls.get(qualifier)
        if url is None:
            raise not_found(_GONE)
        return function, qualifier, url

    def _shown(self, function: Function, qualifier: str) -> dict[str, Any]:
        url = function.urls[qualifier]
        return {
            "FunctionUrl": f"https://{url.id}.lambda-url.{self.account.region}.on.aws/",
            "FunctionArn": self.registry.arn(function.name, _shown_as(qualifier)),
            "CreationTime": url.created,
            **url.members,
        }


def _given(params: dict[str, Any]) -> dict[str, Any]:
    return {name: params[name] for name in _SETTINGS if params.get(name) is not None}


def _shown_as(qualifier: str) -> str | None:
    return None if qualifier == LATEST else qualifier
