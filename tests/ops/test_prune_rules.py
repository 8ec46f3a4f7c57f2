"""Every rule of a prune, in a real account: that it protects, and that who cannot read its source
leaves the function alone and says so."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from lambdactl.aws import Aws, connect
from lambdactl.errors import LambdactlError, PartlyDone, PermissionDenied
from lambdactl.model import VersionUse
from lambdactl.ops.events import Event, FunctionSkipped, VersionKept
from lambdactl.ops.fleet_prune import Planning, apply_section
from lambdactl.ops.function_prune import Terms
from lambdactl.ops.pins import read_pins
from lambdactl.ops.plan_file import Section
from lambdactl.ops.survey import Asked
from lambdactl.plan.actions import FunctionPlan
from lambdactl.plan.protecting import Criteria
from lambdactl.sandbox import fleet
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.faults import denied
from lambdactl.sandbox.functions.records import (
    Alias,
    EventInvoke,
    Function,
    Provisioned,
    Settings,
)
from lambdactl.sandbox.open import Sandbox
from tests.ops.world import World
from tests.plan.samples import deployment

NAME, OTHER = "fleet-0000", "fleet-0001"
FREE = set(range(1, 8))
"""Of twelve, with ``live`` on the newest and five kept."""


@dataclass
class Grown:
    """Two functions of twelve old versions in the sandbox, and the way there."""

    sandbox: Sandbox
    aws: Aws
    folder: Path

    @property
    def function(self) -> Function:
        found: Function = self.sandbox.account.services["lambda"].registry.functions[NAME]
        return found

    def settings(self, number: int, **members: Any) -> None:
        version = self.function.published[str(number)]
        version.settings = Settings({**version.settings.members, **members}, "changed")

    def planned(self, **asked: Any) -> Section:
        words = Asked(**asked)
        path = self.folder / "plan.jsonl"
        path.unlink(missing_ok=True)
        planning = Planning(self.aws, words, path, "all", directory=self.folder, workers=1)
        for _ in planning.events():
            continue
        assert planning.section is not None
        return planning.section

    def applied(self, section: Section) -> tuple[list[Event], LambdactlError | None]:
        told: list[Event] = []
        try:
            told.extend(apply_section(section, self.aws, Terms(), workers=1, directory=self.folder))
        except LambdactlError as error:
            return told, error
        return told, None


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Sandbox, Aws]]:
    """One sandbox and one set of clients for all of these tests: clients take long to make."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        with Sandbox(clock=ManualClock(), strict=True) as sandbox:
            variables = sandbox.environment()
            aws = connect(
                region=variables["AWS_REGION"],
                endpoint_url=sandbox.endpoint,
                access_key=variables["AWS_ACCESS_KEY_ID"],
                secret_key=variables["AWS_SECRET_ACCESS_KEY"],
            )
            aws.buckets.set_pace(speed=1_000_000.0)
            yield sandbox, aws
            aws.close()


@pytest.fixture
def grown(
    shared: tuple[Sandbox, Aws], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Grown]:
    sandbox, aws = shared
    monkeypatch.setattr(fleet, "PARTS", dict.fromkeys(fleet.PARTS, 0.0))
    fleet.seed_fleet(sandbox.account, functions=2, versions=12)
    yield Grown(sandbox, aws, tmp_path)
    sandbox.door.faults.clear()
    registry = sandbox.account.services["lambda"].registry
    for function in list(registry.functions.values()):
        registry.strike_off(function)
    registry.mappings.clear()
    sandbox.account.services["cloudwatch"].store.metrics.clear()
    for key in ("mappings", "running"):
        aws.forget(key)


def plan_of(section: Section, name: str = NAME) -> FunctionPlan:
    return next(p for p in section.functions() if p.function == name)


def kept_by(section: Section, number: int) -> tuple[str, int | None]:
    verdict = next(v for v in plan_of(section).verdicts if v.version == number)
    return verdict.fate, verdict.rule


def goes(section: Section, name: str = NAME) -> set[int]:
    return {d.version for d in plan_of(section, name).deletes}


def second_alias(stable: str, **weights: float) -> Callable[[Grown], None]:
    shares = {name.removeprefix("v"): share for name, share in weights.items()}

    def arrange(grown: Grown) -> None:
        grown.function.aliases["beta"] = Alias("beta", stable, shares, "", "rev")

    return arrange


def younger(grown: Grown) -> None:
    grown.function.published["3"].modified = grown.sandbox.account.clock.now() - 3_600.0


def mapped(grown: Grown) -> None:
    registry = grown.sandbox.account.services["lambda"].registry
    arn = registry.arn(NAME, "3")
    registry.mappings["m"] = {"UUID": "m", "FunctionArn": arn, "State": "Enabled"}


def provisioned(grown: Grown) -> None:
    grown.function.provisioned["3"] = Provisioned(1, 0.0, ready=True)


def asynchronous(grown: Grown) -> None:
    grown.function.event_invoke["3"] = EventInvoke(0.0, {"MaximumRetryAttempts": 0})


def called(grown: Grown) -> None:
    cloudwatch = grown.sandbox.account.services["cloudwatch"]
    now = grown.sandbox.account.clock.now()
    dimensions = {"FunctionName": NAME, "Resource": f"{NAME}:3"}
    cloudwatch.record("AWS/Lambda", "Invocations", dimensions, 1.0, "Count", now - 864_000.0)


def called_through_an_alias(grown: Grown) -> None:
    cloudwatch = grown.sandbox.account.services["cloudwatch"]
    now = grown.sandbox.account.clock.now()
    dimensions = {"FunctionName": NAME, "Resource": f"{NAME}:live", "ExecutedVersion": "3"}
    cloudwatch.record("AWS/Lambda", "Invocations", dimensions, 1.0, "Count", now - 3_600.0)


def on_instances(grown: Grown) -> None:
    provider = {"CapacityProviderArn": "arn:aws:lambda:us-east-1:000000000000:capacity-provider:p"}
    grown.settings(
        3, CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": provider}
    )


def described(grown: Grown) -> None:
    grown.function.published["3"].description = "2.4.1 [keep] for the audit"


@pytest.mark.parametrize(
    ("rule", "arrange"),
    [
        (1, second_alias("3")),
        (2, second_alias("5", v3=0.0)),
        (4, second_alias("4")),
        (5, younger),
        (8, mapped),
        (9, provisioned),
        (10, asynchronous),
        (13, called),
        (13, called_through_an_alias),
        (15, on_instances),
        (16, described),
    ],
)
def test_it_protects(grown: Grown, rule: int, arrange: Callable[[Grown], None]) -> None:
    before = goes(grown.planned())
    assert before == FREE
    arrange(grown)
    section = grown.planned()
    assert kept_by(section, 3) == ("keep", rule)
    assert goes(section, OTHER) == FREE


def test_the_newest_stay_whatever_else_there_is(grown: Grown) -> None:
    section = grown.planned(criteria=Criteria(8))
    assert kept_by(section, 6) == ("keep", 3)
    assert goes(section) == {1, 2, 3, 4}


def test_latest_is_never_in_a_plan(grown: Grown) -> None:
    numbers = [v.version for v in plan_of(grown.planned()).verdicts]
    assert numbers == list(range(12, 0, -1))


def test_a_version_that_an_alias_has_left_lately_stays(grown: Grown) -> None:
    second_alias("5")(grown)
    grown.planned()
    del grown.function.aliases["beta"]
    section = grown.planned()
    assert kept_by(section, 5) == ("keep", 5)
    clock = grown.sandbox.account.clock
    assert isinstance(clock, ManualClock)
    clock.advance(90_000.0)
    assert 5 in goes(grown.planned())


@pytest.mark.parametrize(
    ("use", "rule"),
    [
        (VersionUse(3, "durable execution running", 12), 12),
        (VersionUse(3, "named in CloudFront", 14), 14),
        (VersionUse(3, "named in Step Functions", 17), 17),
    ],
)
def test_what_the_sandbox_does_not_have_protects_too(
    tmp_path: Path, use: VersionUse, rule: int
) -> None:
    world = World()
    world.add(NAME)
    if rule == 12:
        world.uses_read[NAME] = (use,)
    else:
        world.elsewhere[NAME] = (use,)
    section = Grown(None, world.aws, tmp_path).planned(deep=True)  # type: ignore[arg-type]
    assert kept_by(section, 3) == ("keep", rule)


def test_the_versions_of_the_last_deployment_and_of_a_stack_stay(tmp_path: Path) -> None:
    world = World()
    held = world.add(NAME)
    ended = deployment("Succeeded", function=NAME, current_version=2, target_version=12)
    world.deployments["d-1"] = ended
    held.stack = "shop"
    world.stacks["shop"] = "UPDATE_COMPLETE"
    world.owned[NAME] = {4}
    section = Grown(None, world.aws, tmp_path).planned()  # type: ignore[arg-type]
    assert kept_by(section, 2) == ("keep", 6)
    assert kept_by(section, 4) == ("keep", 7)


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"])
def test_a_stack_that_may_go_back_blocks_its_functions_only(tmp_path: Path, status: str) -> None:
    world = World()
    world.add(NAME).stack = "shop"
    world.add(OTHER)
    world.stacks["shop"] = status
    section = Grown(None, world.aws, tmp_path).planned()  # type: ignore[arg-type]
    assert status in (plan_of(section).skipped or "")
    assert goes(section, OTHER) == FREE


def test_a_running_deployment_blocks_its_function(tmp_path: Path) -> None:
    world = World()
    world.add(NAME)
    world.add(OTHER)
    world.deployments["d-1"] = deployment("InProgress", function=NAME)
    section = Grown(None, world.aws, tmp_path).planned()  # type: ignore[arg-type]
    assert "d-1 is InProgress" in (plan_of(section).skipped or "")
    assert goes(section, OTHER) == FREE


def test_a_deployment_that_has_not_told_its_function_blocks_all(tmp_path: Path) -> None:
    world = World()
    world.add(NAME)
    world.deployments["d-1"] = replace(deployment("Created"), function=None)
    section = Grown(None, world.aws, tmp_path).planned()  # type: ignore[arg-type]
    assert plan_of(section).skipped is not None


@pytest.mark.parametrize(
    ("action", "both"),
    [
        ("lambda:ListAliases", True),
        ("lambda:ListEventSourceMappings", True),
        ("codedeploy:ListApplications", True),
        ("cloudformation:DescribeStacks", True),
        ("lambda:ListProvisionedConcurrencyConfigs", True),
        ("lambda:ListFunctionEventInvokeConfigs", True),
        ("cloudwatch:ListMetrics", True),
    ],
)
def test_a_source_that_cannot_be_read_skips_what_it_is_about(
    grown: Grown, action: str, both: bool
) -> None:
    grown.sandbox.door.faults.add(action, denied())
    section = grown.planned()
    assert section.head.deletes == 0 and section.head.skipped == 2
    assert action in (plan_of(section).skipped or "")
    assert plan_of(section).verdicts == ()


def test_one_function_that_cannot_be_read_does_not_keep_the_others(grown: Grown) -> None:
    grown.sandbox.door.faults.add("lambda:ListAliases", denied(), times=1)
    section = grown.planned()
    assert section.head.skipped == 1
    assert goes(section, OTHER) == FREE


def test_durable_executions_that_cannot_be_read_skip_the_function(grown: Grown) -> None:
    grown.settings(3, DurableConfig={"ExecutionTimeout": 60})
    grown.sandbox.door.faults.add("lambda:ListDurableExecutionsByFunction", denied())
    section = grown.planned()
    assert "ListDurableExecutions" in (plan_of(section).skipped or "")
    assert goes(section, OTHER) == FREE


def test_an_account_that_cannot_be_swept_is_not_planned(grown: Grown) -> None:
    grown.sandbox.door.faults.add("lambda:ListFunctions", denied())
    with pytest.raises(PermissionDenied, match="ListFunctions"):
        grown.planned()


def test_other_services_that_cannot_be_searched_skip_everything(grown: Grown) -> None:
    grown.sandbox.door.faults.add("cognito-idp:ListUserPools", denied())
    section = grown.planned(deep=True)
    assert section.head.deletes == 0 and section.head.skipped == 2
    assert "Cognito could not be read" in (plan_of(section).skipped or "")


def test_other_services_that_name_nothing_keep_nothing(grown: Grown) -> None:
    assert grown.planned(deep=True).head.deletes == grown.planned().head.deletes == 14


def granted(grown: Grown) -> None:
    grown.function.policies["3"] = [{"Sid": "s", "Effect": "Allow"}]


def pending(grown: Grown) -> None:
    grown.function.published["3"].state = "Pending"


def replicated(grown: Grown) -> None:
    grown.function.published["3"].replicated = True


@pytest.mark.parametrize(
    ("arrange", "reason"),
    [(granted, "resource policy"), (pending, "it is Pending"), (replicated, "to the edge")],
)
def test_what_is_asked_of_each_version_is_asked_just_before_its_delete(
    grown: Grown, arrange: Callable[[Grown], None], reason: str
) -> None:
    arrange(grown)
    told, error = grown.applied(grown.planned())
    kept = [(e.function, e.version, e.reason) for e in told if isinstance(e, VersionKept)]
    assert [k[:2] for k in kept] == [(NAME, 3)] and reason in kept[0][2]
    assert isinstance(error, PartlyDone)
    assert sorted(grown.function.published, key=int) == ["3", *map(str, range(8, 13))]


@pytest.mark.parametrize("action", ["lambda:GetPolicy", "lambda:GetFunction"])
def test_what_cannot_be_asked_just_before_skips_the_function(grown: Grown, action: str) -> None:
    section = grown.planned()
    grown.sandbox.door.faults.add(action, denied(), times=1)
    told, error = grown.applied(section)
    skipped = [e for e in told if isinstance(e, FunctionSkipped)]
    assert len(skipped) == 1 and action in skipped[0].reason
    assert isinstance(error, PartlyDone)
    registry = grown.sandbox.account.services["lambda"].registry
    left = sorted(len(f.published) for f in registry.functions.values())
    assert left == [5, 12], "one is untouched, the other is done"


def test_a_pin_file_is_read_line_by_line(grown: Grown, tmp_path: Path) -> None:
    pins = tmp_path / "pins"
    pins.write_text(f"# for the audit\n{NAME}:3\nfleet-*1:*\n", encoding="utf-8")
    section = grown.planned(pins=read_pins(pins, None))
    assert kept_by(section, 3) == ("keep", 16)
    assert goes(section, OTHER) == set()
