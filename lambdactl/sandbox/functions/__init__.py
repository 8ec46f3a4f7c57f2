"""Lambda in the sandbox: functions, versions, aliases, and the code itself, running.

Each file holds one of its matters: ``configuration`` and ``versions``, ``aliases``, ``deletion``,
``policies``, ``tags``, ``concurrency``, ``triggers``, ``layers``, ``storage``. An invocation passes
``invoke`` (which version?), ``environments`` (which worker?), ``worker`` and, inside its process,
``bootstrap``; ``report`` and ``telemetry`` tell what came of it, ``asynchronous`` tries again.
"""

from lambdactl.sandbox.functions.invoke import Invocation
from lambdactl.sandbox.functions.service import LambdaService

__all__ = ["Invocation", "LambdaService"]
