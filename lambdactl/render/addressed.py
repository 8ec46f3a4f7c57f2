"""Commands that we suggest must lead to the place they were made for.

A plan knows the function and the alias, not the flags that led to its account: those are put into
every command we print, so that what is copied acts where it was meant to.
"""

from __future__ import annotations

import re

_COMMAND = re.compile(
    r"\blambdactl (?=(?:status|versions|shift|promote|abort|prune|deploy|tui"
    r"|plan|deployments|alarms|rollback|storage|watch|doctor"
    r"|list|aliases|events|diff|logs|hook)\b)"
)


def addressed(text: str, flags: str) -> str:
    """``lambdactl shift ...`` as ``lambdactl --context sandbox shift ...``."""
    return _COMMAND.sub(f"lambdactl {flags} ", text) if flags else text
