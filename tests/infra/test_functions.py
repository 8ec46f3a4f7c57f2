"""The functions of the included stack, run as Lambda runs them: a module, an event, a context."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from tests.infra.translated import TEMPLATE

ARN = "arn:aws:lambda:eu-west-1:000000000000:function:service"
EVENT = {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "hook-1"}


def load(folder: str, name: str) -> ModuleType:
    """A fresh module, as a fresh execution environment has it."""
    spec = importlib.util.spec_from_file_location(name, TEMPLATE.parent / folder / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def fresh_modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(TEMPLATE.parent / "hooks"))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    yield
    for name in ("version", "checks", "pre_traffic", "post_traffic"):
        sys.modules.pop(name, None)


@dataclass
class Context:
    function_version: str = "7"
    invoked_function_arn: str = f"{ARN}:prod"


def service(monkeypatch: pytest.MonkeyPatch, percent: str = "0", latency: str = "0") -> ModuleType:
    monkeypatch.setenv("RELEASE", "first")
    monkeypatch.setenv("FAILURE_PERCENT", percent)
    monkeypatch.setenv("LATENCY_MS", latency)
    return load("app", "version")


class TestService:
    def test_it_says_which_version_answered_and_through_which_alias(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer = service(monkeypatch).handler({}, Context())
        assert answer["statusCode"] == 200
        assert answer["headers"]["content-type"] == "application/json"
        body = json.loads(answer["body"])
        assert body == {"version": "7", "alias": "prod", "release": "first"}

    @pytest.mark.parametrize("arn", [ARN, f"{ARN}:7", f"{ARN}:$LATEST"])
    def test_a_call_that_names_no_alias_has_none(
        self, monkeypatch: pytest.MonkeyPatch, arn: str
    ) -> None:
        answer = service(monkeypatch).handler({}, Context("7", arn))
        assert json.loads(answer["body"])["alias"] is None

    @pytest.mark.parametrize(
        ("percent", "failures"), [("0", 0), ("1", 1), ("30", 30), ("100", 100)]
    )
    def test_exactly_the_asked_share_of_calls_fails(
        self, monkeypatch: pytest.MonkeyPatch, percent: str, failures: int
    ) -> None:
        module = service(monkeypatch, percent)
        failed = 0
        for _ in range(100):
            try:
                module.handler({}, Context())
            except module.RehearsedFailure:
                failed += 1
        assert failed == failures

    def test_the_first_call_of_an_environment_passes_unless_all_fail(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert service(monkeypatch, "99").handler({}, Context())["statusCode"] == 200
        module = service(monkeypatch, "100")
        with pytest.raises(module.RehearsedFailure):
            module.handler({}, Context())

    def test_it_waits_as_long_as_it_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        module = service(monkeypatch, latency="1500")
        waited: list[float] = []
        monkeypatch.setattr(module.time, "sleep", waited.append)
        module.handler({}, Context())
        assert waited == [1.5]


def answer(body: Any, **members: Any) -> dict[str, Any]:
    payload = json.dumps(body).encode()
    return {
        "StatusCode": 200,
        "Payload": StreamingBody(io.BytesIO(payload), len(payload)),
        **members,
    }


def good(version: str = "7") -> dict[str, Any]:
    return answer({"statusCode": 200, "body": json.dumps({"version": version})})


class Hook:
    """One hook with its two clients stubbed: what it calls, and what it reports."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str, **environment: str) -> None:
        session: Any = boto3.Session("x", "x", region_name="eu-west-1")
        clients = {service: session.client(service) for service in ("lambda", "codedeploy")}
        self.calls = Stubber(clients["lambda"])
        self.reports = Stubber(clients["codedeploy"])
        self.calls.activate()
        self.reports.activate()
        monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service])
        for key, value in environment.items():
            monkeypatch.setenv(key, value)
        self.module = load("hooks", name)
        self.checks = sys.modules["checks"]

    def answers(self, arn: str, response: dict[str, Any]) -> None:
        request = {"FunctionName": arn, "Payload": json.dumps(self.checks.REQUEST).encode()}
        self.calls.add_response("invoke", response, request)

    def must_report(self, status: str) -> None:
        self.reports.add_response(
            "put_lifecycle_event_hook_execution_status",
            {"lifecycleEventHookExecutionId": "hook-1"},
            {
                "deploymentId": "d-1",
                "lifecycleEventHookExecutionId": "hook-1",
                "status": status,
            },
        )

    def run(self) -> None:
        self.module.handler(EVENT, Context())
        self.calls.assert_no_pending_responses()
        self.reports.assert_no_pending_responses()


@pytest.fixture
def before(monkeypatch: pytest.MonkeyPatch) -> Hook:
    return Hook(monkeypatch, "pre_traffic", VERSION_ARN=f"{ARN}:7", VERSION="7")


@pytest.fixture
def after(monkeypatch: pytest.MonkeyPatch) -> Hook:
    return Hook(monkeypatch, "post_traffic", ALIAS_ARN=f"{ARN}:prod", VERSION="7")


class TestBeforeTraffic:
    def test_it_calls_the_exact_version_as_the_api_would(self, before: Hook) -> None:
        before.answers(f"{ARN}:7", good())
        before.must_report("Succeeded")
        before.run()
        assert before.checks.REQUEST["rawPath"] == "/version"

    def test_an_answer_of_another_version_fails(self, before: Hook) -> None:
        before.answers(f"{ARN}:7", good("6"))
        before.must_report("Failed")
        before.run()

    def test_a_function_that_raised_fails_although_the_call_was_answered(
        self, before: Hook
    ) -> None:
        raised = answer({"errorMessage": "no"}, FunctionError="Unhandled")
        before.answers(f"{ARN}:7", raised)
        before.must_report("Failed")
        before.run()

    @pytest.mark.parametrize(
        "payload",
        [
            {"statusCode": 500, "body": json.dumps({"version": "7"})},
            {"statusCode": 200, "body": "<html>"},
            {"statusCode": 200, "body": "[]"},
            {"statusCode": 200, "body": None},
            {"body": json.dumps({"version": "7"})},
            {"statusCode": 200, "body": "{}"},
            "7",
            None,
        ],
    )
    def test_anything_but_a_good_answer_fails(self, before: Hook, payload: Any) -> None:
        before.answers(f"{ARN}:7", answer(payload))
        before.must_report("Failed")
        before.run()

    def test_a_version_that_cannot_be_called_fails(self, before: Hook) -> None:
        before.calls.add_client_error("invoke", "AccessDeniedException", "no", 403)
        before.must_report("Failed")
        before.run()

    def test_a_repetition_of_the_event_is_harmless(self, before: Hook) -> None:
        before.answers(f"{ARN}:7", good())
        before.reports.add_client_error(
            "put_lifecycle_event_hook_execution_status", "LifecycleEventAlreadyCompletedException"
        )
        before.run()

    def test_a_report_that_was_not_taken_is_repeated_by_lambda(self, before: Hook) -> None:
        before.answers(f"{ARN}:7", good())
        before.reports.add_client_error(
            "put_lifecycle_event_hook_execution_status", "ThrottlingException"
        )
        with pytest.raises(Exception, match="ThrottlingException"):
            before.run()


class TestAfterTraffic:
    def test_it_calls_the_alias(self, after: Hook) -> None:
        after.answers(f"{ARN}:prod", good())
        after.must_report("Succeeded")
        after.run()

    def test_the_old_version_may_answer_for_a_moment(
        self, after: Hook, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pauses: list[float] = []
        monkeypatch.setattr(after.module.time, "sleep", pauses.append)
        after.answers(f"{ARN}:prod", good("6"))
        after.answers(f"{ARN}:prod", good("7"))
        after.must_report("Succeeded")
        after.run()
        assert pauses == [after.module.PAUSE_S]

    def test_an_alias_that_stays_where_it_was_fails(
        self, after: Hook, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(after.module.time, "sleep", lambda _: None)
        for _ in range(after.module.LOOKS):
            after.answers(f"{ARN}:prod", good("6"))
        after.must_report("Failed")
        after.run()

    def test_the_slowest_way_through_ends_before_lambda_ends_it(self, after: Hook) -> None:
        config, module = after.checks.CALL, after.module
        calls = module.LOOKS * (config.connect_timeout + config.read_timeout)
        assert calls + module.PAUSE_S * module.LOOKS < timeout_of("PostTrafficHook")
        assert config.retries == {"total_max_attempts": 1}


def timeout_of(name: str) -> int:
    from tests.infra.translated import source

    found: int = source()["Resources"][name]["Properties"]["Timeout"]
    return found


def test_the_functions_need_nothing_but_what_lambda_has() -> None:
    known = {"boto3", "botocore", "checks"} | sys.stdlib_module_names
    for path in Path(TEMPLATE.parent).rglob("*.py"):
        for line in path.read_text().splitlines():
            if line.startswith(("import ", "from ")):
                assert line.split()[1].split(".")[0] in known, (path, line)
