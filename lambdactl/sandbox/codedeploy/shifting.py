"""Moving the alias: read it, see that it is where the deployment left it, write it under its
RevisionId.

All calls are Lambda's API. What the deployment's service role is denied is denied here, in Lambda's
words, before the call is made.
"""

from __future__ import annotations

from typing import Any

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.codedeploy.appspec import AppSpec
from lambdactl.sandbox.codedeploy.endings import THROTTLES
from lambdactl.sandbox.codedeploy.records import Deployment, Routing

WRITES = 2
"""How often a write that lost a race is tried."""


class Moved(Exception):
    """The alias is not where the deployment left it."""


class AsRole:
    """The account's API as a deployment's service role may use it.

    ``denied`` are IAM actions, as ``lambda:UpdateAlias``.
    """

    def __init__(self, account: Account, denied: set[str]) -> None:
        self._account = account
        self._denied = denied

    def call(
        self, service: str, operation: str, role: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        action = f"{service}:{'InvokeFunction' if operation == 'Invoke' else operation}"
        if action in self._denied:
            raise ApiError(
                "AccessDeniedException",
                f"User: {role} is not authorized to perform: {action} because no identity-based "
                f"policy allows the {action} action",
                403,
            )
        return self._account.call(service, operation, params)


def read_alias(api: AsRole, role: str, spec: AppSpec) -> tuple[Routing, str]:
    """Where the alias sends traffic, and its RevisionId."""
    alias = api.call(
        "lambda", "GetAlias", role, {"FunctionName": spec.function, "Name": spec.alias}
    )
    return _routing(alias), alias["RevisionId"]


def shift(api: AsRole, deployment: Deployment, share: float) -> Routing:
    """Send ``share`` (0 to 1) of the traffic to the target version; the new routing.

    :class:`Moved` if somebody else has moved the alias; a write of somebody else that did not move
    it (its RevisionId is another, its routing is the same) does no harm. [?]
    """
    spec, role = deployment.spec, deployment.role
    assert spec is not None
    for attempt in range(1, WRITES + 1):
        seen, revision_id = read_alias(api, role, spec)
        if seen not in expected(deployment):
            raise Moved
        params = {**_wanted(spec, share), "RevisionId": revision_id}
        try:
            return _routing(api.call("lambda", "UpdateAlias", role, params))
        except ApiError as error:
            if error.code != "PreconditionFailedException" or attempt == WRITES:
                raise
    raise Moved


def expected(deployment: Deployment) -> tuple[Routing, ...]:
    """Where a deployment may find its alias: where it left it.

    A rollback finds it where the deployment that it undoes left it, or already back. [?]
    """
    spec = deployment.spec
    assert spec is not None
    if deployment.routing is not None:
        return (deployment.routing,)
    if deployment.undoes is None:
        return (Routing(spec.current),)
    left = deployment.undoes.routing
    return (Routing(spec.target), *([left] if left else []))


def is_throttle(error: ApiError) -> bool:
    return error.code in THROTTLES


def _wanted(spec: AppSpec, share: float) -> dict[str, Any]:
    whole = share >= 1.0
    weights = {} if whole else {spec.target: round(share, 4)}
    return {
        "FunctionName": spec.function,
        "Name": spec.alias,
        "FunctionVersion": spec.target if whole else spec.current,
        "RoutingConfig": {"AdditionalVersionWeights": weights},
    }


def _routing(alias: dict[str, Any]) -> Routing:
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return Routing(alias["FunctionVersion"], tuple(sorted(weights.items())))
