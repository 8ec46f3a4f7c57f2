"""Whether a run may change anything, and who says otherwise.

The highest of these that speaks decides: ``--write`` and ``--read-only``, ``LAMBDACTL_READ_ONLY``,
``read_only`` of a file or a context, and last ``env = "prod"``: production is read-only until
somebody says ``--write``. The door to AWS is told the reason, and lets no write through.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lambdactl.cli.options import Asked
from lambdactl.cli.target import Wanted
from lambdactl.errors import Refused

if TYPE_CHECKING:
    from lambdactl.cli.session import Session

VARIABLE = "LAMBDACTL_READ_ONLY"


def why_read_only(asked: Asked, meant: Wanted) -> str | None:
    """Why nothing may be changed in this run; None where it may."""
    if asked.read_only is not None:
        return "--read-only was given" if asked.read_only else None
    if os.environ.get(VARIABLE, "") not in ("", "0"):
        return f"{VARIABLE} is set"
    said = meant.values.get("read_only")
    if said is not None:
        return f"read_only = true ← {said.origin}" if said.text == "true" else None
    if meant.production:
        origin = meant.values["env"].origin
        return f"env {meant.get('env')} ← {origin}: production is read-only until somebody says so"
    return None


def require_writable(session: Session, verb: str, *, rehearsable: bool = True) -> None:
    """Raises Refused, with the way out, before anybody is asked and anything is uploaded."""
    refuse_read_only(session.read_only, verb, rehearsable=rehearsable)


def refuse_read_only(why: str | None, verb: str, *, rehearsable: bool = True) -> None:
    """``rehearsable`` where a dry run changes nothing at all and is a way out too."""
    if why is not None:
        rehearsal = ", or with --dry-run to see the plan only" if rehearsable else ""
        raise Refused(
            f"{verb} was refused: this run is read-only, nothing was changed",
            why=why,
            hint=f"the same command with --write{rehearsal}",
        )
