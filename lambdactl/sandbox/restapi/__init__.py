"""REST APIs in the sandbox: as much of API Gateway as a SAM Api in front of an alias needs.

``apis`` keeps APIs, deployments and stages, ``records`` how they are shown, ``proxy`` turns a
request into the event of payload format 1.0 (``events``) and its result into a response. The
routes are read as those of an HTTP API are.
"""

from lambdactl.sandbox.restapi.apis import RestApiService
from lambdactl.sandbox.restapi.proxy import handle

__all__ = ["RestApiService", "handle"]
