"""The fixture as its users have it: their project, their pytest, nothing configured."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

THEIRS = '''
import os
import sys

import pytest

LOADED = "botocore" in sys.modules

import boto3
import botocore.exceptions

from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.faults import throttled


def list_functions():
    """Code that knows nothing of a sandbox."""
    return boto3.client("lambda").list_functions()["Functions"]


def test_the_plugin_loads_nothing_before_it_is_asked():
    assert not LOADED


def test_their_code_finds_the_account(lambdactl_sandbox):
    assert list_functions() == []
    assert boto3.client("sts").get_caller_identity()["Account"] == "000000000000"
    assert "AWS_PROFILE" not in os.environ


def test_the_journal_says_what_their_code_did(lambdactl_sandbox):
    list_functions()
    (entry,) = lambdactl_sandbox.journal
    assert (entry.action, entry.writes, entry.status) == ("lambda:ListFunctions", False, 200)


@pytest.mark.lambdactl_sandbox(speed=600, seed=7)
def test_faults_strike_their_code(lambdactl_sandbox):
    assert lambdactl_sandbox.speed == 600
    lambdactl_sandbox.faults.add("lambda:*", throttled())
    with pytest.raises(botocore.exceptions.ClientError, match="TooManyRequests"):
        list_functions()


@pytest.mark.lambdactl_sandbox(clock=ManualClock())
def test_time_stands_still_if_they_want(lambdactl_sandbox):
    before = lambdactl_sandbox.account.clock.now()
    lambdactl_sandbox.account.clock.advance(3600)
    assert lambdactl_sandbox.account.clock.now() == before + 3600


def test_the_environment_is_theirs_again_afterwards():
    assert os.environ["AWS_PROFILE"] == "production"
    assert "AWS_ENDPOINT_URL" not in os.environ
'''


def theirs(place: Path, source: str, *words: str) -> subprocess.CompletedProcess[str]:
    """``source`` as the only test file of a project of its own."""
    (place / "test_theirs.py").write_text(source)
    environment = {**os.environ, "AWS_PROFILE": "production", "PYTHONDONTWRITEBYTECODE": "1"}
    pytest = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--strict-markers")
    plugin = ("-p", "lambdactl.sandbox.pytest_plugin")
    return subprocess.run(
        [*pytest, *plugin, *words, "test_theirs.py"],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_project_uses_the_fixture(tmp_path: Path) -> None:
    said = theirs(tmp_path, THEIRS)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "6 passed" in said.stdout


def test_the_marker_is_told(tmp_path: Path) -> None:
    assert "lambdactl_sandbox(speed=60" in theirs(tmp_path, "", "--markers").stdout
