"""Opening and closing: what a sandbox takes, what it says of itself, what it leaves behind."""

from __future__ import annotations

import errno
import socket
import statistics
import subprocess
import sys
import threading
import time
from typing import Any

import boto3
import pytest

from lambdactl.sandbox.account import ACCESS_KEY_ID, SECRET_ACCESS_KEY, Account
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.open import SERVICES, Sandbox
from tests.conftest import ClientOf
from tests.sandbox.tiny import TINY


def still_running() -> set[str]:
    return {thread.name for thread in threading.enumerate()} & {"sandbox-http", "sandbox-clock"}


def test_the_environment_leads_any_client_here(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    assert boto3.client("sts").get_caller_identity()["Account"] == "000000000000"
    assert boto3.client("lambda").list_functions()["Functions"] == []
    assert boto3.client("codedeploy").list_applications()["applications"] == []
    assert boto3.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert boto3.client("cloudformation").list_stacks()["StackSummaries"] == []
    assert boto3.client("apigatewayv2").get_apis()["Items"] == []
    assert boto3.client("s3").list_buckets()["Buckets"] == []


def test_the_manual_account_has_every_service(account: Account, client: ClientOf) -> None:
    assert set(account.services) == set(SERVICES)
    assert client("lambda").list_functions()["Functions"] == []


def test_time_runs_at_the_speed_asked_for() -> None:
    with Sandbox(speed=3600.0, services=TINY) as sandbox:
        clock = sandbox.account.clock
        before = time.monotonic(), clock.now(), time.monotonic()
        sandbox.client("lambda").get_alias(FunctionName="f", Name="live")
        after = time.monotonic(), clock.now(), time.monotonic()
    at_least, at_most = after[0] - before[2], after[2] - before[0]
    assert at_least * 3600.0 <= after[1] - before[1] + 0.001
    assert after[1] - before[1] <= at_most * 3600.0 + 0.001


def test_a_port_in_use_is_an_os_error_and_leaves_nothing_running() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError) as raised:
        Sandbox(port=taken.getsockname()[1], services=TINY)
    assert raised.value.errno == errno.EADDRINUSE
    assert not still_running()


def test_a_service_that_cannot_start_leaves_nothing_running() -> None:
    def fail(_account: Account) -> Any:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        Sandbox(services={"lambda": fail})
    assert not still_running()


def test_closing_ends_services_clock_and_server() -> None:
    ended: list[str] = []

    class Closing:
        def __init__(self, _account: Account) -> None:
            pass

        def close(self) -> None:
            ended.append("service")

    sandbox = Sandbox(services={"lambda": Closing})
    port = sandbox.port
    sandbox.close()
    assert ended == ["service"]
    assert not still_running()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_the_endpoint_is_known_to_the_services() -> None:
    with Sandbox(clock=ManualClock(), services=TINY) as sandbox:
        assert sandbox.account.endpoint == sandbox.endpoint == f"http://127.0.0.1:{sandbox.port}"


def test_no_answer_waits_for_a_delayed_acknowledgement(sandbox: Sandbox) -> None:
    """Forty milliseconds and more each, if head and body went in two packets."""
    sts = boto3.client(
        "sts",
        endpoint_url=sandbox.endpoint,
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET_ACCESS_KEY,
        region_name="us-east-1",
    )
    times = []
    for _ in range(30):
        begun = time.perf_counter()
        sts.get_caller_identity()
        times.append(time.perf_counter() - begun)
    assert statistics.median(times) < 0.030


def test_at_rest_nothing_heavy_is_loaded() -> None:
    script = """
import sys
from lambdactl.sandbox.open import Sandbox
with Sandbox() as sandbox:
    sandbox.account.call("lambda", "ListFunctions")
    sandbox.account.call("cloudwatch", "DescribeAlarms")
    heavy = {"moto", "boto3", "samtranslator", "werkzeug", "cfnlint"} & set(sys.modules)
    assert not heavy, heavy
    rooms = [name for name in sys.modules if name.startswith("lambdactl.")]
    assert all(name.startswith("lambdactl.sandbox") for name in rooms), rooms
"""
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True, timeout=60)


def test_metrics_come_late_when_asked_for() -> None:
    clock = ManualClock()
    with Sandbox(clock=clock, metric_delay=120.0) as sandbox:
        watch = sandbox.account.services["cloudwatch"]
        watch.record("AWS/Lambda", "Errors", {"FunctionName": "f"}, 1.0, "Count", clock.now())
        clock.advance(119.0)
        assert sandbox.client("cloudwatch").list_metrics()["Metrics"] == []
        clock.advance(2.0)
        assert len(sandbox.client("cloudwatch").list_metrics()["Metrics"]) == 1
