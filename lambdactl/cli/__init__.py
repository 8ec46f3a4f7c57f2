"""The command line: parse, look, plan, show, confirm, apply.

:func:`main` is the console script. It imports what a command needs when that command runs, so that
``--help`` and ``--version`` pay for neither boto3 nor textual nor rich.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run ``sys.argv`` and exit with one of the codes in :mod:`lambdactl.errors`.

    A shell that asks what may follow the words so far sets a variable instead.
    """
    if os.environ.get("_LAMBDACTL_COMPLETE"):
        from lambdactl.cli.shells import answer

        sys.exit(answer(sys.argv[1:]))
    from lambdactl.cli.run import run, show_unexpected

    sys.excepthook = show_unexpected
    sys.exit(run(sys.argv[1:]))
