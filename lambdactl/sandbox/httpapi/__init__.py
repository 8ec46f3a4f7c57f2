"""HTTP APIs in the sandbox: as much of API Gateway as a SAM HttpApi in front of an alias needs.

``apis`` keeps APIs and stages, ``routes`` reads their OpenAPI document, ``proxy`` turns a request
into the event of payload format 2.0, runs the function, and turns its result into a response.
``function_urls`` does so for the URL that a function or an alias has of its own.
"""

from lambdactl.sandbox.httpapi.apis import HttpApiService
from lambdactl.sandbox.httpapi.events import Entrance, Incoming, http_event
from lambdactl.sandbox.httpapi.function_urls import handle_url
from lambdactl.sandbox.httpapi.proxy import handle

__all__ = ["Entrance", "HttpApiService", "Incoming", "handle", "handle_url", "http_event"]
