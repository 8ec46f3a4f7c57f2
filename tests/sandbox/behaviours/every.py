"""Importing this fills the table."""

from tests.sandbox.behaviours import (
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
    "aliases",
    "cloudformation",
    "cloudwatch",
    "codedeploy",
    "deletion",
    "listing",
    "versions",
]
