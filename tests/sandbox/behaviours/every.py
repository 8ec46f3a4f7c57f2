"""Importing this fills the table."""

from tests.sandbox.behaviours import (
    ROWS,
    aliases,
    cloudformation,
    cloudwatch,
    codedeploy,
    deletion,
    listing,
    versions,
)
from tests.sandbox.behaviours.questions import OPEN

__all__ = [
    "OPEN",
    "ROWS",
    "aliases",
    "cloudformation",
    "cloudwatch",
    "codedeploy",
    "deletion",
    "listing",
    "versions",
]
