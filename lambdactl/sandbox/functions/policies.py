"""Resource policies: who may invoke a function, a version or an alias; each has its own.

Statements do not spread: one on the function says nothing about its versions, and a new version has
none. ``$LATEST`` as a qualifier can have none at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.functions.names import is_alias
from lambdactl.sandbox.functions.records import LATEST, Function
from lambdactl.sandbox.functions.refusals import check_revision, conflict, invalid, not_found
from lambdactl.sandbox.functions.registry import Room

_ON_LATEST = "We currently do not support adding policies for $LATEST."


class Policies(Room):
    def add_permission(self, params: dict[str, Any]) -> dict[str, Any]:
        sid = params["StatementId"]
        with self.account.lock:
            function, qualifier = self._place(params)
            check_revision(params.get("RevisionId"), self._revision(function, qualifier))
            statements = function.policies.get(qualifier or LATEST, [])
            if any(statement["Sid"] == sid for statement in statements):
                raise conflict(
                    f"The statement id ({sid}) provided already exists. Please provide a new "
                    "statement id, or remove the existing statement."
                )
            statement = _statement(self.registry.arn(function.name, qualifier), params)
            function.policies[qualifier or LATEST] = [*statements, statement]
            self._rotate(function, qualifier)
        return {"Statement": json.dumps(statement, separators=(",", ":"))}

    def remove_permission(self, params: dict[str, Any]) -> dict[str, Any]:
        sid = params["StatementId"]
        with self.account.lock:
            function, qualifier = self._place(params)
            key = qualifier or LATEST
            statements = function.policies.get(key)
            if not statements:
                raise not_found("No policy is associated with the given resource.")
            left = [statement for statement in statements if statement["Sid"] != sid]
            if len(left) == len(statements):
                raise not_found(f"Statement {sid} is not found in resource policy.")
            check_revision(params.get("RevisionId"), self._revision(function, qualifier))
            if left:
                function.policies[key] = left
            else:
                del function.policies[key]
            self._rotate(function, qualifier)
        return {}

    def get_policy(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, qualifier = self._place(params)
            statements = function.policies.get(qualifier or LATEST)
            if not statements:
                raise not_found("The resource you requested does not exist.")
            policy = {"Version": "2012-10-17", "Id": "default", "Statement": statements}
            return {
                "Policy": json.dumps(policy, separators=(",", ":")),
                "RevisionId": self._revision(function, qualifier),
            }

    def _place(self, params: Mapping[str, Any]) -> tuple[Function, str | None]:
        function, qualifier = self.registry.find(params)
        if qualifier == LATEST:
            raise invalid(_ON_LATEST)
        self.registry.check_qualifier(function, qualifier)
        return function, qualifier

    def _revision(self, function: Function, qualifier: str | None) -> str:
        if qualifier and is_alias(qualifier):
            return function.aliases[qualifier].revision_id
        return self.registry.version_of(function, qualifier).revision_id

    def _rotate(self, function: Function, qualifier: str | None) -> None:
        holder = (
            function.aliases[qualifier]
            if qualifier and is_alias(qualifier)
            else self.registry.version_of(function, qualifier)
        )
        holder.revision_id = self.account.new_id()


def _statement(arn: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The statement as AddPermission writes it."""
    statement: dict[str, Any] = {
        "Sid": params["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(params["Principal"]),
        "Action": params["Action"],
        "Resource": arn,
    }
    equal: dict[str, str] = {}
    for member, key in (
        ("SourceAccount", "AWS:SourceAccount"),
        ("PrincipalOrgID", "aws:PrincipalOrgID"),
        ("EventSourceToken", "lambda:EventSourceToken"),
        ("FunctionUrlAuthType", "lambda:FunctionUrlAuthType"),
    ):
        if params.get(member):
            equal[key] = params[member]
    condition: dict[str, Any] = {"StringEquals": equal} if equal else {}
    if params.get("InvokedViaFunctionUrl"):
        condition["Bool"] = {"lambda:InvokedViaFunctionUrl": "true"}
    if params.get("SourceArn"):
        condition["ArnLike"] = {"AWS:SourceArn": params["SourceArn"]}
    return {**statement, "Condition": condition} if condition else statement


def _principal(principal: str) -> Any:
    if principal == "*":
        return "*"
    if re.fullmatch(r"\d{12}", principal):
        return {"AWS": f"arn:aws:iam::{principal}:root"}
    return {"AWS" if principal.startswith("arn:") else "Service": principal}
