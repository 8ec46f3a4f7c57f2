"""How long the program takes to say anything, beside a Typer program that does nothing.

    python benchmarks/start_up.py [--rounds 15] [--aws PATH]

CPU seconds of a child, medians of rounds in which every program runs once, so that what else the
machine does meets all of them alike; only the ratios mean anything. The one call is answered by a
sandbox on the loopback, with credentials that were used before; the AWS CLI is compared where there
is one.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

HELLO = """\
import typer
app = typer.Typer(add_completion=False)
@app.command()
def hello(name: str = "x") -> None:
    "Say hello."
@app.command()
def bye() -> None:
    "Say bye."
app()
"""
REACH = {"--help": 1.3, "--version": 1.3, "completion": 1.3, "one call": 0.7}
"""What each ratio is to stay below: see the table that is printed."""


def cpu_s(words: Sequence[str], environment: Mapping[str, str]) -> float:
    """User and system time of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, env=dict(environment), capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def medians(
    programs: Mapping[str, tuple[Sequence[str], Mapping[str, str]]], rounds: int
) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for words, environment in programs.values():
        cpu_s(words, environment)
    for _ in range(rounds):
        for name, (words, environment) in programs.items():
            taken[name].append(cpu_s(words, environment))
    return {name: statistics.median(times) for name, times in taken.items()}


def programs_of(
    home: Path, endpoint: Mapping[str, str], aws: str | None
) -> dict[str, tuple[Sequence[str], Mapping[str, str]]]:
    plain = {"PATH": os.environ["PATH"], "HOME": str(home)}
    there = {**plain, **endpoint}
    ours = [sys.executable, "-m", "lambdactl"]
    hello = home / "hello.py"
    hello.write_text(HELLO, encoding="utf-8")
    found: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {
        "python": ([sys.executable, "-c", "pass"], plain),
        "hello": ([sys.executable, str(hello), "--help"], plain),
        "--help": ([*ours, "--help"], plain),
        "--version": ([*ours, "--version"], plain),
        "completion": (
            [*ours, "--", "versions", "-f", ""],
            {**plain, "_LAMBDACTL_COMPLETE": "bash"},
        ),
        "one call": ([*ours, "aliases", "-f", "checkout"], there),
    }
    if aws:
        call = [aws, "lambda", "list-aliases", "--function-name", "checkout"]
        found["aws"] = (call, there)
    return found


def with_function(stack: ExitStack) -> Mapping[str, str]:
    """The environment that leads to a sandbox that has one function, ``checkout``."""
    import io
    import zipfile

    from lambdactl.sandbox.open import Sandbox

    sandbox = stack.enter_context(Sandbox())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return {}\n")
    sandbox.account.call(
        "lambda",
        "CreateFunction",
        {
            "FunctionName": "checkout",
            "Runtime": "python3.13",
            "Role": "arn:aws:iam::000000000000:role/checkout",
            "Handler": "app.handler",
            "Code": {"ZipFile": packed.getvalue()},
            "Publish": True,
        },
    )
    sandbox.account.call(
        "lambda",
        "CreateAlias",
        {"FunctionName": "checkout", "Name": "live", "FunctionVersion": "1"},
    )
    return sandbox.environment()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--aws", default=shutil.which("aws"), help="the AWS CLI")
    options = parser.parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        programs = programs_of(home, with_function(stack), options.aws)
        told = medians(programs, options.rounds)
    for name, seconds in told.items():
        print(f"{name:<12} {1000 * seconds:6.0f} ms CPU")
    for name in ("--help", "--version", "completion"):
        print(f"{name:<12} {told[name] / told['hello']:.2f} of a Typer hello  (< {REACH[name]})")
    if "aws" in told:
        ratio = told["one call"] / told["aws"]
        print(f"{'one call':<12} {ratio:.2f} of the AWS CLI's  (< {REACH['one call']})")
    else:
        print("one call     not compared: there is no AWS CLI here; --aws PATH")


if __name__ == "__main__":
    main()
