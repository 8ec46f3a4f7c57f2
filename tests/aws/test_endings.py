"""Which deployments have just ended: the exact requests, what is read once, and where it stops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdactl.aws.endings import ENDED, MOST
from lambdactl.errors import Throttled
from lambdactl.model_history import Endings
from tests.aws.stubs import Script

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)
CREATED = {"start": NOW - timedelta(hours=6)}


@pytest.fixture
def noon(script: Script, monkeypatch: pytest.MonkeyPatch) -> Script:
    monkeypatch.setattr(script.aws.clock, "now", lambda: NOW)
    return script


def lists(script: Script, *ids: str, token: str | None = None, after: str | None = None) -> None:
    asked = {"includeOnlyStatuses": list(ENDED), "createTimeRange": CREATED}
    answer: dict[str, Any] = {"deployments": list(ids)}
    script.expect(
        "codedeploy",
        "list_deployments",
        {**asked, "nextToken": after} if after else asked,
        {**answer, "nextToken": token} if token else answer,
    )


def info(number: int, minutes_ago: float, **more: Any) -> dict[str, Any]:
    return {
        "deploymentId": f"d-{number}",
        "status": "Succeeded",
        "createTime": NOW - timedelta(minutes=minutes_ago + 10),
        "completeTime": NOW - timedelta(minutes=minutes_ago),
        **more,
    }


def describes(script: Script, *infos: dict[str, Any]) -> None:
    asked = {"deploymentIds": [one["deploymentId"] for one in infos]}
    script.expect("codedeploy", "batch_get_deployments", asked, {"deploymentsInfo": list(infos)})


def aims(script: Script, number: int, function: str | None) -> None:
    asked = {"deploymentId": f"d-{number}"}
    if function is None:
        script.fails("codedeploy", "list_deployment_targets", "DeploymentNotStartedException")
        return
    ids = {"targetIds": ["t"]}
    script.expect("codedeploy", "list_deployment_targets", asked, ids)
    told = {"lambdaFunctionInfo": {"functionName": function, "functionAlias": "live"}}
    target = {"deploymentTargetType": "LambdaTarget", "lambdaTarget": told}
    answer = {"deploymentTargets": [target]}
    script.expect("codedeploy", "batch_get_deployment_targets", {**asked, **ids}, answer)


def told(found: Endings) -> list[tuple[str, str | None]]:
    return [(e.deployment.id, e.deployment.function) for e in found.found]


def look(script: Script, most: int = 25) -> Endings:
    return script.aws.endings(within=HOUR, most=most)


def test_only_those_within_the_hour_are_looked_into_and_each_once(noon: Script) -> None:
    lists(noon, "d-2", "d-1")
    describes(noon, info(2, 5), info(1, 90))
    aims(noon, 2, "checkout")
    assert told(look(noon)) == [("d-2", "checkout")]
    lists(noon, "d-2", "d-1")
    assert told(look(noon)) == [("d-2", "checkout")]


def test_the_last_one_of_an_alias_counts_and_a_rollback_tells_of_both(noon: Script) -> None:
    taken_back = info(
        2, 6, status="Stopped", rollbackInfo={"rollbackDeploymentId": "d-3"},
        errorInformation={"code": "ALARM_ACTIVE", "message": "<5xx>"},
    )  # fmt: skip
    back = info(3, 5, rollbackInfo={"rollbackTriggeringDeploymentId": "d-2"})
    lists(noon, "d-3", "d-2", "d-1")
    describes(noon, back, taken_back, info(1, 30))
    aims(noon, 3, "checkout")
    aims(noon, 2, "checkout")
    aims(noon, 1, "checkout")
    (one,) = look(noon).found
    assert one.deployment.id == "d-3"
    assert one.previous is not None and one.previous.error_code == "ALARM_ACTIVE"


def test_what_ended_badly_is_looked_into_first_and_the_rest_at_the_next_look(noon: Script) -> None:
    lists(noon, "d-2", "d-1")
    describes(noon, info(2, 5), info(1, 30, status="Failed"))
    aims(noon, 1, "checkout")
    found = look(noon, most=1)
    assert (told(found), found.unread) == (
        [("d-1", "checkout")],
        "1 more have not been looked into yet",
    )
    lists(noon, "d-2", "d-1")
    aims(noon, 2, "search")
    found = look(noon, most=1)
    assert told(found) == [("d-1", "checkout"), ("d-2", "search")]
    assert found.unread is None


def test_those_of_servers_and_containers_are_not_looked_into(noon: Script) -> None:
    lists(noon, "d-2", "d-1")
    describes(noon, info(2, 5, computePlatform="ECS"), info(1, 5, computePlatform="Server"))
    assert look(noon) == Endings()
    lists(noon, "d-2", "d-1")
    assert look(noon) == Endings(), "nor described again"


def test_one_that_was_stopped_before_it_started_is_of_no_alias(noon: Script) -> None:
    lists(noon, "d-1")
    describes(noon, info(1, 5, status="Stopped"))
    aims(noon, 1, None)
    assert look(noon) == Endings()


def test_one_that_cannot_be_read_is_told_and_keeps_no_other_from_being_read(noon: Script) -> None:
    back = info(3, 5, status="Failed", rollbackInfo={"rollbackTriggeringDeploymentId": "d-1"})
    lists(noon, "d-3", "d-2", "d-0")
    describes(noon, back, info(2, 6), info(0, 7))
    aims(noon, 3, "checkout")
    gone = "DeploymentDoesNotExistException"
    noon.fails("codedeploy", "get_deployment", gone)
    noon.fails("codedeploy", "list_deployment_targets", gone)
    aims(noon, 0, "search")
    found = look(noon)
    assert told(found) == [("d-0", "search")]
    assert found.unread == (
        "d-3 and 1 more could not be read: deployment d-1 was not found in eu-west-1"
    )
    lists(noon, "d-3", "d-2", "d-0")
    noon.fails("codedeploy", "get_deployment", gone)
    assert look(noon) == found, "one is tried again"
    lists(noon, "d-3", "d-2", "d-0")
    aims(noon, 2, "basket")
    later = look(noon)
    assert told(later) == [("d-0", "search"), ("d-2", "basket")]
    assert later.unread == "d-3 could not be read: deployment d-1 was not found in eu-west-1"


def test_one_that_is_throttled_ends_the_look(noon: Script) -> None:
    lists(noon, "d-2", "d-1")
    describes(noon, info(2, 5), info(1, 6))
    noon.fails("codedeploy", "list_deployment_targets", "ThrottlingException")
    with pytest.raises(Throttled):
        look(noon)


def test_a_busy_account_says_what_is_not_known(noon: Script) -> None:
    ids = [f"d-{n}" for n in range(MOST + 1)]
    for start in range(0, MOST + 1, 100):
        page, after = ids[start : start + 100], str(start) if start else None
        lists(noon, *page, token=str(start + 100), after=after)
    for start in range(0, MOST, 25):
        describes(noon, *(info(n, 90) for n in range(start, start + 25)))
    assert look(noon) == Endings(
        (), "more than 300 have ended that were created in the past 6 hours"
    )
