"""A prune of 1,000 functions x 60 versions, against Lambda's real rate limits, beside two rivals.

The account is the sandbox in a process of its own, its quotas in force (15 control-plane calls a
second, GetPolicy 15, GetFunction 100, in account time), every Lambda call 100 ms of account time
long. ``python benchmarks/prune_at_scale.py`` prints the tables of ``docs/pruning.md``.

* **calls**: what planning the account asked, over the least that can answer it;
* **memory**: the peak of the planning process at 10 and at 60 versions a function;
* **deletes**: the rate reached over the rate allowed (deletes and the looks between them, which
  share one quota), and throttled calls, for a part of the plan;
* **rivals**, each by its selection and its pattern of calls, on the same account anew:
  serverless-prune-plugin (every function listed at once, aliases' primary versions kept, deletes
  one by one, the SDK's three attempts, the first error ends the run), and the loop people write
  around the AWS CLI (``list-versions-by-function``, all but the newest N, ``delete-function`` one
  by one, errors passed over).
"""

from __future__ import annotations

import argparse
import math
import multiprocessing as mp
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

KEEP = 5
LATENCY_S = 0.1
OWN = ("lambda:GetPolicy", "lambda:GetFunction")
"""Calls with a quota of their own; all others of Lambda share one."""
MOST_KEPT = 5_000_000


@dataclass(frozen=True)
class Account:
    """An account in another process. ``ask`` says what is so there now."""

    environment: dict[str, str]
    fleet: Any
    pipe: Connection
    speed: float

    def ask(self, what: str) -> Any:
        self.pipe.send(what)
        return self.pipe.recv()


def host(pipe: Connection, functions: int, versions: int, speed: float) -> None:
    """The process that is the account."""
    from lambdactl.sandbox.faults import late
    from lambdactl.sandbox.fleet import seed_fleet
    from lambdactl.sandbox.journal import Journal
    from lambdactl.sandbox.open import Sandbox

    with Sandbox(speed=speed) as sandbox:
        fleet = seed_fleet(sandbox.account, functions=functions, versions=versions)
        lambda_ = sandbox.account.services["lambda"]
        lambda_.deletion.canary_is_held = False
        sandbox.door.journal = Journal(MOST_KEPT)
        sandbox.door.faults.add("lambda:*", late(LATENCY_S / speed))
        pipe.send((sandbox.environment(), fleet))
        while (what := pipe.recv()) != "end":
            if what == "calls":
                entries = [e for e in sandbox.door.journal if e.caller and e.service != "sts"]
                pipe.send([(e.at, e.action, e.status) for e in entries])
            elif what == "forget":
                sandbox.door.journal.clear()
                pipe.send(None)
            else:
                there = lambda_.registry.functions
                pipe.send({(n, int(v)) for n, f in there.items() for v in f.published})


@contextmanager
def account(functions: int, versions: int, speed: float) -> Iterator[Account]:
    ours, theirs = mp.Pipe()
    process = mp.get_context("spawn").Process(
        target=host, args=(theirs, functions, versions, speed)
    )
    process.start()
    theirs.close()
    environment, fleet = ours.recv()
    try:
        yield Account(environment, fleet, ours, speed)
    finally:
        ours.send("end")
        process.join()


def connected(environment: dict[str, str], speed: float, rate: float | None = None) -> Any:
    from lambdactl.aws import connect

    aws = connect(
        region=environment["AWS_REGION"],
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        access_key=environment["AWS_ACCESS_KEY_ID"],
        secret_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
    aws.buckets.set_pace(deletes=rate, speed=speed)
    return aws


def plan(pipe: Connection, environment: dict[str, str], speed: float, match: str, to: str) -> None:
    """The process that plans: its peak is the memory that planning takes."""
    from lambdactl.ops.fleet_prune import Planning
    from lambdactl.ops.survey import Asked, Scope

    aws = connected(environment, speed)
    aws.functions()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    asked = Asked(Scope(match))
    planning = Planning(aws, asked, Path(to), match, directory=Path(to).parent)
    for _ in planning.events():
        continue
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pipe.send((before / 1024, after / 1024))


def planned(there: Account, match: str, path: Path) -> tuple[float, float]:
    """Peak memory of a process that has listed the functions, and after it has planned, in MB."""
    ours, theirs = mp.Pipe()
    words = (theirs, there.environment, there.speed, match, str(path))
    process = mp.get_context("spawn").Process(target=plan, args=words)
    process.start()
    theirs.close()
    peaks: tuple[float, float] = ours.recv()
    process.join()
    return peaks


def least(functions: int, versions: int, with_candidates: int) -> Counter[str]:
    """The fewest calls that answer every rule: a sweep of all versions, the aliases of each
    function, three questions for each that has something to delete, and one of each kind that the
    account answers as a whole."""
    return Counter(
        {
            "lambda:ListFunctions": math.ceil(functions * (versions + 1) / 50),
            "lambda:ListAliases": functions,
            "lambda:ListProvisionedConcurrencyConfigs": with_candidates,
            "lambda:ListFunctionEventInvokeConfigs": with_candidates,
            "cloudwatch:ListMetrics": with_candidates,
            "lambda:ListEventSourceMappings": 1,
            "codedeploy:ListApplications": 1,
            "cloudformation:DescribeStacks": 1,
        }
    )


def measure_plan(there: Account, functions: int, versions: int, folder: Path) -> None:
    """Prints the calls of a plan of the whole account, over the least there can be."""
    there.ask("forget")
    began = time.monotonic()
    peaks = planned(there, "*", folder / f"plan-{versions}.jsonl")
    took = (time.monotonic() - began) * there.speed
    calls = there.ask("calls")
    made = Counter(action for _, action, _ in calls)
    made["lambda:ListFunctions"] -= math.ceil(functions / 50)  # the warming up of the process
    fewest = least(functions, versions, functions)
    throttled = sum(status == 429 for _, _, status in calls)
    print(f"\n## Plan: {functions:,} functions x {versions} versions")
    print("| call | made | least |\n|---|---|---|")
    for action in sorted({*made, *fewest}):
        print(f"| {action} | {made[action]:,} | {fewest[action]:,} |")
    total, floor = sum(made.values()), sum(fewest.values())
    print(f"| **all** | **{total:,}** | **{floor:,}** = x{total / floor:.3f} |")
    print(f"throttled {throttled}; {took:,.0f} s of account time; peak {peaks[1]:.0f} MB")


def measure_memory(functions: int, speed: float, folder: Path) -> None:
    print(f"\n## Memory: peak of the planning process, {functions} functions")
    print("| versions a function | before planning, MB | peak, MB |\n|---|---|---|")
    for versions in (10, 60):
        with account(functions, versions, speed) as there:
            before, peak = planned(there, "*", folder / f"memory-{versions}.jsonl")
        print(f"| {versions} | {before:.1f} | {peak:.1f} |")


@dataclass(frozen=True)
class Outcome:
    """What one way of pruning did to the account."""

    name: str
    calls: list[tuple[float, str, int]]
    harmed: int
    failed: str

    def row(self, allowed: float | None) -> str:
        deletes = [at for at, action, status in self.calls if is_delete(action) and status == 204]
        seconds = deletes[-1] - deletes[0] if len(deletes) > 1 else 0.0
        rate = (len(deletes) - 1) / seconds if seconds else 0.0
        within = [
            at
            for at, action, _ in self.calls
            if action.startswith("lambda:")
            and action not in OWN
            and deletes[0] <= at <= deletes[-1]
        ]
        all_rate = (len(within) - 1) / seconds if seconds else 0.0
        of = f"{100.0 * all_rate / allowed:.1f} % of {allowed:g}" if allowed else "-"
        throttled = sum(status == 429 for _, _, status in self.calls)
        return (
            f"| {self.name} | {len(self.calls):,} | {len(deletes):,} | {rate:.2f} | {of} |"
            f" {throttled} | {self.harmed} | {self.failed} |"
        )


def is_delete(action: str) -> bool:
    return action == "lambda:DeleteFunction"


def ours(there: Account, match: str, folder: Path, rate: float | None) -> str:
    from lambdactl.errors import LambdactlError
    from lambdactl.ops.fleet_prune import apply_section, workers_for
    from lambdactl.ops.function_prune import Terms
    from lambdactl.ops.plan_file import read_sections

    path = folder / f"ours-{rate}.jsonl"
    planned(there, match, path)
    there.ask("forget")
    aws = connected(there.environment, there.speed, rate)
    (section,) = read_sections(path)
    try:
        workers = workers_for(rate)
        for _ in apply_section(section, aws, Terms(), workers=workers, directory=folder):
            continue
    except LambdactlError as error:
        return str(error)
    return "-"


def client(there: Account, attempts: int) -> Any:
    import boto3
    from botocore.config import Config

    environment = there.environment
    config = Config(
        retries={"mode": "standard", "total_max_attempts": attempts}, max_pool_connections=50
    )
    return boto3.client(
        "lambda",
        region_name=environment["AWS_REGION"],
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        config=config,
    )


def plugin(there: Account, names: list[str]) -> str:
    """All functions listed at once; then function by function, the deletes one by one."""
    from botocore.exceptions import ClientError

    aws = client(there, 3)

    def versions_and_aliases(name: str) -> tuple[str, list[str], set[str]]:
        pages = aws.get_paginator("list_versions_by_function").paginate(FunctionName=name)
        versions = [row["Version"] for page in pages for row in page["Versions"]]
        rows = aws.list_aliases(FunctionName=name)["Aliases"]
        return name, versions, {row["FunctionVersion"] for row in rows}

    try:
        with ThreadPoolExecutor(50) as pool:
            known = list(pool.map(versions_and_aliases, names))
        for name, versions, aliased in known:
            free = [v for v in versions if v != "$LATEST" and v not in aliased]
            for version in sorted(free, key=int, reverse=True)[KEEP:]:
                aws.delete_function(FunctionName=name, Qualifier=version)
    except ClientError as error:
        return f"ended by {error.response['Error']['Code']}"
    return "-"


def loop(there: Account, names: list[str]) -> str:
    """``for v in $(aws lambda list-versions-by-function ...)``, aliases never asked for."""
    from botocore.exceptions import ClientError

    aws, refused = client(there, 3), Counter[str]()
    for name in names:
        pages = aws.get_paginator("list_versions_by_function").paginate(FunctionName=name)
        versions = [row["Version"] for page in pages for row in page["Versions"]]
        for version in sorted((v for v in versions if v != "$LATEST"), key=int)[:-KEEP]:
            try:
                aws.delete_function(FunctionName=name, Qualifier=version)
            except ClientError as error:
                refused[error.response["Error"]["Code"]] += 1
    return ", ".join(f"{n} x {code}" for code, n in refused.items()) or "-"


def compared(name: str, part: int, speed: float, prune: Callable[[Account], str]) -> Outcome:
    """``prune`` on an account of ``part`` functions, all of its versions there."""
    with account(part, 60, speed) as there:
        failed = prune(there)
        calls = there.ask("calls")
        left = there.ask("left")
        needed = {*there.fleet.pinned, *there.fleet.routed}
    return Outcome(name, calls, len(needed - left), failed)


def measure_deletes(part: int, speed: float, folder: Path) -> None:
    names = [f"fleet-{n:04d}" for n in range(part)]
    print(f"\n## Deletes: {part} functions x 60 versions, keep {KEEP}")
    print(
        "| | calls | deleted | deletes a second | of the rate allowed | throttled |"
        " needed versions deleted | failed |\n|---|---|---|---|---|---|---|---|"
    )
    ways: list[tuple[str, float | None, Callable[[Account], str]]] = [
        ("lambdactl", 4.9, lambda there: ours(there, "*", folder, None)),
        ("lambdactl --rate 12", 12.0, lambda there: ours(there, "*", folder, 12.0)),
        ("serverless-prune-plugin", None, lambda there: plugin(there, names)),
        ("loop around the AWS CLI", None, lambda there: loop(there, names)),
    ]
    for name, allowed, prune in ways:
        print(compared(name, part, speed, prune).row(allowed), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--functions", type=int, default=1_000)
    parser.add_argument("--versions", type=int, default=60)
    parser.add_argument("--part", type=int, default=30, help="functions whose versions are deleted")
    parser.add_argument("--speed", type=float, default=10.0, help="of the account's clock")
    parser.add_argument("--delete-speed", type=float, default=4.0, help="the same, for deletes")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measure_deletes(asked.part, asked.delete_speed, folder)
        measure_memory(asked.functions // 5, asked.speed, folder)
        with account(asked.functions, asked.versions, asked.speed) as there:
            measure_plan(there, asked.functions, asked.versions, folder)


if __name__ == "__main__":
    main()
