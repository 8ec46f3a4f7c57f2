"""What a principal may do, asked of IAM itself: SimulatePrincipalPolicy.

The answer is IAM's for the policies as they are: written in and attached, boundaries, and the
organization's limits where the caller may see them. Resource policies are not asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from lambdactl.aws.door import Door
from lambdactl.errors import LambdactlError, PermissionDenied, Refused

ALLOWED = "allowed"
ACTIONS = 50
"""So many actions in one question."""


def decisions(
    door: Door, principal: str, actions: Iterable[str], resource: str = "*"
) -> dict[str, str]:
    """Action -> ``allowed``, ``explicitDeny`` or ``implicitDeny``, for one resource.

    Raises NotFound where there is no such principal, and PermissionDenied.
    """
    wanted = sorted(actions)
    named = {} if resource == "*" else {"ResourceArns": [resource]}
    found: dict[str, str] = {}
    for start in range(0, len(wanted), ACTIONS):
        rows = door.pages(
            "iam",
            "SimulatePrincipalPolicy",
            "EvaluationResults",
            principal,
            PolicySourceArn=principal,
            ActionNames=wanted[start : start + ACTIONS],
            **named,
        )
        for row in rows:
            action, decision = row["EvalActionName"], row["EvalDecision"]
            if found.get(action, ALLOWED) == ALLOWED:
                found[action] = decision
    unanswered = [a for a in wanted if a not in found]
    if unanswered:
        raise LambdactlError(f"IAM's simulation says nothing of {unanswered[0]}")
    return found


def denied(door: Door, principal: str, on: Mapping[str, str]) -> frozenset[str]:
    """The actions of ``on`` (action -> resource) that the principal may not perform."""
    by_resource: defaultdict[str, list[str]] = defaultdict(list)
    for action, resource in on.items():
        by_resource[resource].append(action)
    return frozenset(
        action
        for resource, actions in sorted(by_resource.items())
        for action, decision in decisions(door, principal, actions, resource).items()
        if decision != ALLOWED
    )


def principal_of(door: Door, caller: str) -> str:
    """The user or role behind a caller's ARN, as the simulation wants it.

    Raises Refused for callers that cannot be simulated: root and federated users.
    """
    _, partition, service, _, account, rest = caller.split(":", 5)
    kind, _, path = rest.partition("/")
    if service == "iam" and kind in ("user", "role"):
        return caller
    if service == "sts" and kind == "assumed-role":
        return role_of(door, path.partition("/")[0], partition, account)
    what = "the root user" if kind == "root" else f"a {kind}"
    raise Refused(f"IAM cannot simulate {what}: {caller}")


def role_of(door: Door, name: str, partition: str, account: str) -> str:
    """The role's ARN with its path, which a session's ARN does not tell."""
    try:
        found = door.call("iam", "GetRole", f"role {name}", RoleName=name)
    except PermissionDenied:
        # Most roles have no path; where this one has, the simulation does not find it and says so.
        return f"arn:{partition}:iam::{account}:role/{name}"
    arn: str = found["Role"]["Arn"]
    return arn
