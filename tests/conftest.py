"""What every test may use: an account of its own, and nothing of the developer's machine."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from lambdactl.aws import limiter
from lambdactl.sandbox.account import Account
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.contract import RECORD
from lambdactl.sandbox.inside import boto3_client
from lambdactl.sandbox.open import Sandbox, close_account, open_account

ClientOf = Callable[[str], Any]


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Ctrl-C reaches what tests start, also where the run itself was started in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The file for breaches of AWS's shapes: every account of the run is strict, those of the
    processes that tests start too, and the run fails if one answered what AWS could not."""
    record = tmp_path_factory.mktemp("contract") / "breaches"
    yield record
    assert not record.exists(), record.read_text()


@pytest.fixture(autouse=True)
def nothing_of_the_developer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, contract: Path
) -> None:
    """No test reads the home directory, the AWS configuration or the AWS variables."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "XDG_", "LAMBDACTL_", "MOTO_", "BOTO_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv(RECORD, str(contract))
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "STATE", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(home / "no-such-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(home / "no-such-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture(autouse=True)
def nobody_waits_for_a_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accounts of tests have quotas of their own clocks; no limiter outlives its test."""
    monkeypatch.setattr(limiter, "_of_places", {})
    monkeypatch.setattr(limiter, "READS_A_SECOND", 1e6)


@pytest.fixture
def breaches_on_purpose(
    nothing_of_the_developer: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    """For a test that breaks the contract to see that it is held: the run does not fail."""
    monkeypatch.setenv(RECORD, str(tmp_path / "breaches"))
    return tmp_path / "breaches"


@pytest.fixture
def account() -> Iterator[Account]:
    """An empty account on a ManualClock, reached in process; every answer is held to its shape."""
    made = open_account(ManualClock())
    made.door.strict = True
    yield made
    close_account(made)
    assert made.door.breaches == []


@pytest.fixture
def client(account: Account) -> ClientOf:
    """``client("lambda")``: a boto3 client of the manual ``account``, without a socket."""
    return lambda service: boto3_client(account.door.handle, service, account.region)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A running account on a loopback port, sixty times as fast as the wall clock."""
    with Sandbox(speed=60.0, strict=True) as made:
        yield made
    assert made.door.breaches == []
