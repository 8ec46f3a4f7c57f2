"""What the rooms load: boto3 when AWS is first asked, and nothing foreign in the pure rooms."""

from __future__ import annotations

import subprocess
import sys

import pytest

FOREIGN = ("boto3", "botocore", "textual", "rich", "typer", "yaml", "lambdactl.sandbox")


@pytest.mark.parametrize(
    "module", ["lambdactl.plan", "lambdactl.ops", "lambdactl.aws", "lambdactl.model"]
)
def test_importing_a_room_loads_nothing_foreign(module: str) -> None:
    code = f"import sys, {module}; print([m for m in {FOREIGN!r} if m in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.strip() == "[]"


def test_an_account_that_was_not_asked_anything_has_not_loaded_boto3() -> None:
    code = (
        "import sys, lambdactl.aws as a; c = a.connect(region='eu-west-1'); c.now();"
        " print('boto3' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.strip() == "False"
