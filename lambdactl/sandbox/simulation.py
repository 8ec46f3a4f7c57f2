"""IAM SimulatePrincipalPolicy: what may a user or a role do? The rest of IAM is behind moto.

A role is judged by the policies that moto holds for it, written in and attached, and by its
permissions boundary; a service role of CodeDeploy also by what a scenario or a fault denies it. The
account's own user is an administrator, except for what faults in force deny to calls from outside.

Sources: botocore's model of iam, and the API reference of SimulatePrincipalPolicy: one result for
each action on each resource, ``*`` where no resource is named; a session of an assumed role is no
policy source.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from lambdactl.sandbox.account import ACCESS_KEY_ID, Account, ApiError
from lambdactl.sandbox.policies import Context, Policy, Ruling, document_of, rule
from lambdactl.sandbox.wire import Call

PAGE = 100
ABSENT = (
    "CallerArn",
    "PermissionsBoundaryPolicyInputList",
    "PolicyExclusionList",
    "ResourceHandlingOption",
    "ResourceOwner",
    "ResourcePolicy",
)
ADMINISTRATOR = Policy(
    "AdministratorAccess",
    "aws-managed",
    {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},
)
OPERATIONS = {
    "apigateway:GET": "apigatewayv2:GetApis",
    "lambda:InvokeFunction": "lambda:Invoke",
    "s3:GetBucketNotification": "s3:GetBucketNotificationConfiguration",
    "s3:ListAllMyBuckets": "s3:ListBuckets",
    "s3:ListBucket": "s3:ListObjectsV2",
    "s3:PutBucketPublicAccessBlock": "s3:PutPublicAccessBlock",
    "s3:PutEncryptionConfiguration": "s3:PutBucketEncryption",
}
"""The operation behind an action of another name: faults go by operations."""
SERVICES = {"states": "stepfunctions"}
DENIALS = ("AccessDenied", "AccessDeniedException")


@dataclass(frozen=True, slots=True)
class Principal:
    policies: tuple[Policy, ...]
    boundary: tuple[Policy, ...] = ()
    key: str | None = None
    """With which its calls are signed; None for a role that a service uses."""
    deploys: bool = False
    """Whether it is a service role of CodeDeploy."""


class SimulationService:
    """What moto's IAM lacks."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def simulate_principal_policy(self, params: dict[str, Any]) -> dict[str, Any]:
        for name in ABSENT:
            if name in params:
                raise ApiError("NotImplemented", f"The sandbox simulates without {name}.", 501)
        principal = self._principal(params["PolicySourceArn"])
        extra = [
            Policy(f"PolicyInputList.{n}", "none", document_of(text))
            for n, text in enumerate(params.get("PolicyInputList", ()), 1)
        ]
        principal = replace(principal, policies=(*principal.policies, *extra))
        context = _context(params.get("ContextEntries", ()))
        asked = list(product(params["ActionNames"], params.get("ResourceArns") or ["*"]))
        start, size = int(params.get("Marker") or 0), int(params.get("MaxItems") or PAGE)
        results = [self._result(principal, *one, context) for one in asked[start : start + size]]
        more = start + size < len(asked)
        page: dict[str, Any] = {"EvaluationResults": results, "IsTruncated": more}
        return {**page, "Marker": str(start + size)} if more else page

    def _result(
        self, principal: Principal, action: str, resource: str, context: Context
    ) -> dict[str, Any]:
        ruling = rule(principal.policies, action, resource, context)
        if ruling.decision == "allowed" and self._is_denied(action, principal):
            ruling = Ruling("implicitDeny")
        told: dict[str, Any] = {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": ruling.decision,
            "MatchedStatements": [_statement(p) for p in ruling.because],
            "MissingContextValues": sorted(ruling.missing),
        }
        if principal.boundary:
            within = rule(principal.boundary, action, resource, context)
            allowed = within.decision == "allowed"
            told["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": allowed}
            if not allowed and ruling.decision == "allowed":
                told |= {"EvalDecision": within.decision, "MatchedStatements": []}
        return told

    def _is_denied(self, action: str, principal: Principal) -> bool:
        """Whether a scenario or a fault in force would say no to it."""
        codedeploy = self._account.services.get("codedeploy")
        if principal.deploys and codedeploy is not None and action in codedeploy.denied:
            return True
        if principal.key is None and not principal.deploys:
            return False
        service, _, operation = OPERATIONS.get(action, action).partition(":")
        call = Call(SERVICES.get(service, service), operation, {}, principal.key)
        caller = f"arn:aws:iam::{self._account.id}:user/sandbox"
        struck = (
            fault.trouble(call, caller).error
            for fault in self._account.door.faults.listed()
            if fault.fits(call) and not fault.skip and fault.chance >= 1.0
        )
        return any(error is not None and error.code in DENIALS for error in struck)

    def _principal(self, arn: str) -> Principal:
        prefix = f"arn:aws:iam::{self._account.id}:"
        kind, _, path = arn.removeprefix(prefix).partition("/")
        if not arn.startswith(prefix) or kind not in ("user", "group", "role") or not path:
            message = f"Invalid Entity Arn: {arn} does not clearly define entity type and name."
            raise ApiError("InvalidInput", message, 400)
        if (kind, path) == ("user", "sandbox"):
            return Principal((ADMINISTRATOR,), key=ACCESS_KEY_ID)
        if kind != "role":
            message = f"The sandbox simulates its own user and roles, not the {kind} {path}."
            raise ApiError("NotImplemented", message, 501)
        return self._role(arn, path)

    def _role(self, arn: str, path: str) -> Principal:
        name = path.rpartition("/")[2]
        found = self._account.call("iam", "GetRole", {"RoleName": name})["Role"]
        if found["Arn"] != arn:
            raise ApiError("NoSuchEntity", f"The role with name {path} cannot be found.", 404)
        boundary = found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        return Principal(
            tuple(self._policies(name)),
            (self._managed(boundary),) if boundary else (),
            deploys="codedeploy" in json.dumps(found["AssumeRolePolicyDocument"]),
        )

    def _policies(self, role: str) -> Iterator[Policy]:
        written = self._account.call("iam", "ListRolePolicies", {"RoleName": role})
        for name in written["PolicyNames"]:
            asked = {"RoleName": role, "PolicyName": name}
            found = self._account.call("iam", "GetRolePolicy", asked)
            yield Policy(name, "role", document_of(found["PolicyDocument"]))
        attached = self._account.call("iam", "ListAttachedRolePolicies", {"RoleName": role})
        for policy in attached["AttachedPolicies"]:
            yield self._managed(policy["PolicyArn"])

    def _managed(self, arn: str) -> Policy:
        found = self._account.call("iam", "GetPolicy", {"PolicyArn": arn})["Policy"]
        version = {"PolicyArn": arn, "VersionId": found["DefaultVersionId"]}
        document = self._account.call("iam", "GetPolicyVersion", version)["PolicyVersion"]
        kind = "aws-managed" if arn.startswith("arn:aws:iam::aws:") else "user-managed"
        return Policy(found["PolicyName"], kind, document_of(document["Document"]))


def _context(entries: Any) -> Mapping[str, tuple[str, ...]]:
    return {e["ContextKeyName"].lower(): tuple(e.get("ContextKeyValues", ())) for e in entries}


def _statement(policy: Policy) -> dict[str, Any]:
    return {"SourcePolicyId": policy.id, "SourcePolicyType": policy.kind}
