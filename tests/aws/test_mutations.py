"""Writes: the exact request, asked once, and nothing on the wire that could delete a function."""

from __future__ import annotations

from typing import Any

import pytest

from lambdactl.errors import Refused, Stale, UsageError
from lambdactl.model import Routing, Target
from tests.aws.stubs import Script
from tests.aws.test_reads import alias_row

TARGET = Target("checkout", "live")


@pytest.mark.parametrize(
    ("after", "version", "weights"),
    [
        (Routing(41, 42, 10.0), "41", {"42": 0.1}),
        (Routing(41, 42, 14.3), "41", {"42": 0.143}),
        (Routing(42), "42", {}),
    ],
)
def test_version_weights_and_revision_id_go_together(
    script: Script, after: Routing, version: str, weights: dict[str, float]
) -> None:
    script.expect(
        "lambda",
        "update_alias",
        {
            "FunctionName": "checkout",
            "Name": "live",
            "FunctionVersion": version,
            "RoutingConfig": {"AdditionalVersionWeights": weights},
            "RevisionId": "rev-1",
        },
        alias_row(weights, FunctionVersion=version, RevisionId="rev-2"),
        writes=True,
    )
    alias = script.aws.update_alias(TARGET, after, "rev-1")
    assert (alias.routing, alias.revision_id) == (after, "rev-2")


def test_a_lost_lock_is_stale(script: Script) -> None:
    script.fails("lambda", "update_alias", "PreconditionFailedException", status=412, writes=True)
    with pytest.raises(Stale):
        script.aws.update_alias(TARGET, Routing(42), "rev-0")


@pytest.mark.parametrize("after", [Routing(None), Routing(41, 42, 150.0), Routing(41, 42, -1.0)])
def test_what_aws_would_not_check_is_not_sent(script: Script, after: Routing) -> None:
    with pytest.raises(UsageError):
        script.aws.update_alias(TARGET, after, "rev-1")
    assert not script.aws.calls


@pytest.mark.parametrize(("status", "told"), [("Pending", "Pending"), ("Succeeded", "Succeeded")])
def test_a_stop_always_asks_for_the_rollback(script: Script, status: str, told: str) -> None:
    script.expect(
        "codedeploy",
        "stop_deployment",
        {"deploymentId": "d-1", "autoRollbackEnabled": True},
        {"status": status},
        writes=True,
    )
    assert script.aws.stop_deployment("d-1") == told


def test_a_stop_that_comes_too_late_is_stale(script: Script) -> None:
    script.fails(
        "codedeploy", "stop_deployment", "DeploymentAlreadyCompletedException", writes=True
    )
    with pytest.raises(Stale):
        script.aws.stop_deployment("d-1")


@pytest.mark.parametrize(("answer", "status"), [({"StatusCode": 202}, 202), ({}, 200)])
def test_a_delete_names_its_version(script: Script, answer: dict[str, Any], status: int) -> None:
    script.expect(
        "lambda",
        "delete_function",
        {"FunctionName": "checkout", "Qualifier": "30"},
        answer,
        writes=True,
    )
    assert script.aws.delete_version("checkout", 30) == status


@pytest.mark.parametrize("version", [0, -1, True, None, "", "30", "$LATEST", "live", 3.0, 30.5])
def test_nothing_but_a_number_reaches_delete_function(script: Script, version: Any) -> None:
    with pytest.raises(UsageError, match="nothing was deleted"):
        script.aws.delete_version("checkout", version)
    assert not script.aws.calls


@pytest.mark.parametrize("function", ["", "checkout:30", "arn:aws:lambda:x:1:function:checkout:7"])
def test_a_function_that_carries_a_qualifier_is_not_sent(script: Script, function: str) -> None:
    with pytest.raises(UsageError, match="nothing was deleted"):
        script.aws.delete_version(function, 30)
    assert not script.aws.calls


def test_a_refused_delete_keeps_aws_s_code(script: Script) -> None:
    script.fails("lambda", "delete_function", "ResourceConflictException", status=409, writes=True)
    with pytest.raises(Refused) as caught:
        script.aws.delete_version("checkout", 30)
    assert caught.value.aws_code == "ResourceConflictException"


def test_writes_are_never_repeated_and_reads_are(script: Script) -> None:
    def attempts(*, writes: bool) -> int:
        retries = script.aws.client("lambda", writes=writes).meta.config.retries
        return int(retries["total_max_attempts"])

    assert (attempts(writes=True), attempts(writes=False)) == (1, 4)
