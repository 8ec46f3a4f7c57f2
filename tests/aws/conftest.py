"""The fixtures of the tests of ``lambdactl.aws``."""

from tests.aws.stubs import script

__all__ = ["script"]
