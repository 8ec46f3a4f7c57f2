"""The fixtures of the tests of ``lambdactl.ops``."""

from tests.ops.measured_stage import measured_stage
from tests.ops.stage import stage

__all__ = ["measured_stage", "stage"]
