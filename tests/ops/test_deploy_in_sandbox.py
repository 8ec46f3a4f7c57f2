"""The included stack, deployed into an account that performs it, each deploy told to its end.

One account for all of them, in the order of a service's life, because each deploy is what it is by
what went before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from lambdactl.aws import Aws, connect
from lambdactl.aws.stacks import stack_state
from lambdactl.cli.included import included_template
from lambdactl.model import Routing, Target
from lambdactl.ops.deploy import Prepared, discard_deploy, prepare_deploy
from lambdactl.ops.events import DeploymentEnded, LifecycleEventChanged, StackEventSeen
from lambdactl.ops.stack_events import DeployEvent, StackOperationEnded, Step
from lambdactl.ops.stacking import attach_deploy, execute_deploy
from lambdactl.sandbox.account import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from lambdactl.sandbox.open import Sandbox

STACK = "shop"


@dataclass
class Service:
    """The stack in its account: ``prepare`` and ``deploy`` it with parameters."""

    aws: Aws
    told: list[Step] = field(default_factory=list)

    def prepare(self, **parameters: str) -> Prepared:
        self.told.clear()
        return prepare_deploy(
            self.aws,
            included_template(),
            STACK,
            parameters,
            make_bucket=lambda _: True,
            tell=self.told.append,
        )

    def deploy(self, **parameters: str) -> list[DeployEvent]:
        return list(execute_deploy(self.aws, self.prepare(**parameters), interval_s=0.1))

    def routing(self, target: Target) -> Routing:
        return self.aws.alias(target).routing


@pytest.fixture
def service(sandbox: Sandbox) -> Iterator[Service]:
    aws = connect(
        region=sandbox.account.region,
        endpoint_url=sandbox.endpoint,
        access_key=ACCESS_KEY_ID,
        secret_key=SECRET_ACCESS_KEY,
    )
    yield Service(aws)
    aws.close()


def end(told: list[DeployEvent]) -> StackOperationEnded:
    last = told[-1]
    assert isinstance(last, StackOperationEnded)
    return last


def hooks(told: list[DeployEvent]) -> list[tuple[str, str]]:
    return [
        (e.name, e.status)
        for e in told
        if isinstance(e, LifecycleEventChanged) and e.status in ("Succeeded", "Failed")
    ]


def test_a_service_is_made_released_kept_and_rolled_back(service: Service) -> None:
    created = end(service.deploy(DeploymentPreferenceType="AllAtOnce"))
    assert created.status == "CREATE_COMPLETE"
    (target,) = created.targets
    assert service.routing(target) == Routing(1)
    assert [type(s).__name__ for s in service.told][:3] == [
        "BucketMade",
        "ArtifactUploaded",
        "ArtifactUploaded",
    ]

    nothing = service.prepare()
    assert nothing.plan.actions == ()
    assert "ArtifactUploaded" not in {type(s).__name__ for s in service.told}

    standing = service.prepare(AlarmMinimumCalls="30")
    assert standing.plan.notes == ("this deploy will shift nothing",)
    discarded = discard_deploy(service.aws, standing)
    assert discarded is not None and not discarded.with_stack

    released = service.deploy(Release="second")
    assert end(released).succeeded
    assert service.routing(target) == Routing(2)
    assert hooks(released) == [
        ("BeforeAllowTraffic", "Succeeded"),
        ("AllowTraffic", "Succeeded"),
        ("AfterAllowTraffic", "Succeeded"),
    ]
    assert {v.number for v in service.aws.snapshot(target).versions} == {1, 2}

    failed = service.deploy(FailurePercent="100")
    assert end(failed).status == "UPDATE_ROLLBACK_COMPLETE"
    assert ("BeforeAllowTraffic", "Failed") in hooks(failed)
    ended = [e.deployment.status for e in failed if isinstance(e, DeploymentEnded)]
    assert ended == ["Failed", "Succeeded"]
    assert service.routing(target) == Routing(2)

    again = list(attach_deploy(service.aws, STACK, interval_s=0.1))
    assert end(again).status == "UPDATE_ROLLBACK_COMPLETE"
    assert [e for e in again if isinstance(e, StackEventSeen)] == [
        e for e in failed if isinstance(e, StackEventSeen)
    ]


def test_a_first_deploy_that_is_not_wanted_leaves_no_stack(service: Service) -> None:
    prepared = service.prepare()
    assert prepared.plan.releases[0].how == "first"
    discarded = discard_deploy(service.aws, prepared)
    assert discarded is not None and discarded.with_stack
    assert stack_state(service.aws, STACK) is None
