"""The command line: parse, look, plan, show, confirm, apply.

:func:`main` is the console script. It imports what a command needs when that command runs, so that
``--help`` and ``--version`` pay for neither boto3 nor textual nor rich.
"""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run ``sys.argv`` and exit with one of the codes in :mod:`lambdactl.errors`.

    A shell that asks what may follow the words so far sets a variable instead.
    """
    if os.environ.get("_LAMBDACTL_COMPLETE"):
        from lambdactl.cli.shells import answer

        code = answer(sys.argv[1:])
    else:
        code = _run()
    # Before it ends the interpreter would look through every object once more for garbage.
    gc.freeze()
    sys.exit(code)


def _run() -> int:
    try:
        from lambdactl.cli.run import run, show_unexpected

        sys.excepthook = show_unexpected
        return run(sys.argv[1:])
    except KeyboardInterrupt:
        # While it was still being imported, or had already told its end.
        return 130
