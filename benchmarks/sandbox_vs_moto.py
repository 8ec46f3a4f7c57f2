"""The sandbox beside moto's own server: what a call costs, and what the memory holds, in one run.

Both listen on the loopback in a process of their own and are asked by the same boto3 client, in
turns, so that whatever else the machine does is done to both. moto's server needs packages that
the sandbox does not; it is run with another interpreter::

    python3 -m venv rival && rival/bin/pip install 'moto[server]'
    python benchmarks/sandbox_vs_moto.py --rival rival/bin/moto_server

Operations are those that both have: reading an alias, moving it, a page of versions, two functions'
lists, a function with its code, a change of its configuration, metrics in and out.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import boto3
from botocore.config import Config

REGION = "us-east-1"
OURS = """
import sys
from lambdactl.sandbox.open import Sandbox
with Sandbox(port=int(sys.argv[1]), limits=False):
    sys.stdin.read()
"""
VERSIONS, POINTS = 60, 2_000
Call = Callable[[], object]


@dataclass(frozen=True)
class Rival:
    """A server that runs: where, and in which process."""

    name: str
    endpoint: str
    pid: int

    def client(self, service: str) -> Any:
        once = Config(retries={"total_max_attempts": 1}, max_pool_connections=1)
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="AKIASANDBOXSANDBOX00",
            aws_secret_access_key="made-up-key-of-the-sandbox-opens-nothing",
            config=once,
        )

    def megabytes(self) -> float:
        """What the process holds now."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(name: str, command: list[str], port: int) -> Iterator[Rival]:
    """A server until the end of the block; it has half a minute to answer."""
    quiet = subprocess.DEVNULL
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, env=environment
    ) as process:
        try:
            until_it_listens(port)
            yield Rival(name, f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()


def until_it_listens(port: int) -> None:
    end = time.monotonic() + 30
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if time.monotonic() > end:
            raise TimeoutError(f"nothing listens on port {port}")
        time.sleep(0.1)


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return 1\n")
    return buffer.getvalue()


def prepare(rival: Rival) -> None:
    """One function with many versions, an alias, and an hour of a metric."""
    iam, lambda_, watch = (rival.client(name) for name in ("iam", "lambda", "cloudwatch"))
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    given = {"FunctionName": "f", "Runtime": "python3.13", "Handler": "app.handler", "Role": role}
    lambda_.create_function(**given, Code={"ZipFile": zipped()})
    for number in range(VERSIONS):
        settled(lambda_)
        lambda_.update_function_configuration(FunctionName="f", Description=f"{number}")
        settled(lambda_)
        lambda_.publish_version(FunctionName="f")
    lambda_.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    now = datetime.now(UTC)
    data = [
        {
            "MetricName": "m",
            "Value": float(n % 17),
            "Timestamp": now - timedelta(seconds=3600 * n / POINTS),
        }
        for n in range(POINTS)
    ]
    for first in range(0, POINTS, 500):
        watch.put_metric_data(Namespace="n", MetricData=data[first : first + 500])


def settled(lambda_: Any) -> None:
    while True:
        shown = lambda_.get_function_configuration(FunctionName="f")
        if shown.get("State") != "Pending" and shown.get("LastUpdateStatus") != "InProgress":
            return
        time.sleep(0.05)


def calls(rival: Rival) -> dict[str, Call]:
    """Each operation, ready to be called."""
    lambda_, watch, sts = (rival.client(name) for name in ("lambda", "cloudwatch", "sts"))
    now = datetime.now(UTC)
    hour = {"StartTime": now - timedelta(hours=1), "EndTime": now}
    metric = {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
    queries = [{"Id": f"m{n}", "MetricStat": metric} for n in range(20)]
    return {
        "GetCallerIdentity": sts.get_caller_identity,
        "GetAlias": lambda: lambda_.get_alias(FunctionName="f", Name="live"),
        "UpdateAlias": lambda: lambda_.update_alias(
            FunctionName="f", Name="live", FunctionVersion="2"
        ),
        "GetFunction": lambda: lambda_.get_function(FunctionName="f"),
        "ListAliases": lambda: lambda_.list_aliases(FunctionName="f"),
        "ListVersionsByFunction": lambda: lambda_.list_versions_by_function(FunctionName="f"),
        "ListFunctions": lambda_.list_functions,
        "PutMetricData": lambda: watch.put_metric_data(
            Namespace="n", MetricData=[{"MetricName": "other", "Value": 1.0}]
        ),
        "GetMetricData, 20 metrics": lambda: watch.get_metric_data(
            MetricDataQueries=queries, **hour
        ),
    }


def measured(rivals: list[Rival], rounds: int) -> dict[str, list[list[float]]]:
    """Milliseconds of each call, by operation and rival; the rivals take turns."""
    every = [calls(rival) for rival in rivals]
    found: dict[str, list[list[float]]] = {name: [[] for _ in rivals] for name in every[0]}
    for name, times in found.items():
        for number in range(rounds + 5):
            for mine, kept in zip(every, times, strict=True):
                began = time.perf_counter()
                mine[name]()
                if number >= 5:
                    kept.append(1000 * (time.perf_counter() - began))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rival", required=True, help="the moto_server to run")
    parser.add_argument("--rounds", type=int, default=60)
    asked = parser.parse_args()
    ports = free_port(), free_port()
    ours = [sys.executable, "-c", OURS, str(ports[0])]
    theirs = [asked.rival, "-H", "127.0.0.1", "-p", str(ports[1])]
    with ExitStack() as stack:
        rivals = [
            stack.enter_context(running("sandbox", ours, ports[0])),
            stack.enter_context(running("moto", theirs, ports[1])),
        ]
        print("| | sandbox | moto |\n|---|---|---|")
        print("| memory at rest, MB |", " | ".join(f"{r.megabytes():.0f}" for r in rivals), "|")
        for rival in rivals:
            prepare(rival)
        for name, times in measured(rivals, asked.rounds).items():
            print(f"| {name}, ms |", " | ".join(f"{median(each):.1f}" for each in times), "|")
        print("| memory after it, MB |", " | ".join(f"{r.megabytes():.0f}" for r in rivals), "|")


if __name__ == "__main__":
    main()
