"""The stack that travels with the program: inside a wheel, or beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path

import lambdactl
from lambdactl.errors import LambdactlError

STACK = "lambdactl-demo"
"""The name it gets where none is given."""


def included_template() -> Path:
    package = Path(lambdactl.__file__).parent
    for root in (package, package.parent):
        template = root / "infra" / "template.yml"
        if template.is_file():
            return template
    raise LambdactlError(
        "the included stack is missing from this installation",
        why=f"{package / 'infra' / 'template.yml'} is not there",
        hint="pip install --force-reinstall lambdactl",
    )
