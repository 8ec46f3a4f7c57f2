"""The fixtures of the tests of ``lambdactl.ops``."""

from tests.ops.stage import stage

__all__ = ["stage"]
