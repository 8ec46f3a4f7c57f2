"""The command line that says the same as a screen or a dialog: the console teaches the commands."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from pathlib import Path

from lambdactl.model import Target
from lambdactl.plan import Plan
from lambdactl.plan.routing import percent
from lambdactl.render.addressed import addressed


def status(target: Target, flags: str) -> str:
    return line("status", target, "", flags)


def versions(target: Target, keep: int, flags: str, *, only: Collection[int] | None = None) -> str:
    """``only``: None for all that may go; never empty, for no command prunes nothing."""
    return line("prune", target, f"{pruned(keep, only)} --dry-run", flags)


def pruned(keep: int | None, only: Collection[int] | None) -> str:
    """``--keep 5 --only 36,37``."""
    named = f" --only {','.join(str(n) for n in sorted(only))}" if only else ""
    return f"--keep {keep}{named}"


def apply_plan(path: Path, flags: str) -> str:
    """Of a prune that lies in a file."""
    return addressed(f"lambdactl prune --apply {shlex.quote(str(path))}", flags)


def guard(target: Target, flags: str) -> str:
    return line("watch", target, "--guard", flags)


def of_plan(plan: Plan, flags: str, *, keep: int | None = None) -> str:
    """The command that makes this plan from the same snapshot."""
    match plan.verb:
        case "shift" if plan.after is not None:
            return line("shift", plan.target, shifted(plan), flags)
        case "prune":
            return line("prune", plan.target, pruned(plan.keep or keep, plan.only), flags)
        case "rollback" if plan.after is not None:
            return line("rollback", plan.target, f"--to {plan.after.stable}", flags)
        case "approve" | "fail":
            return line(f"hook {plan.verb}", plan.target, "", flags)
        case verb:
            return line(verb, plan.target, "", flags)


def shifted(plan: Plan) -> str:
    """``--to 42 --weight 10``, read off where the plan leads."""
    before, after = plan.before, plan.after
    if after is None:
        return ""
    if after.canary is not None:
        return f"--to {after.canary} --weight {percent(after.weight)}"
    if before is not None and before.canary is not None and before.stable == after.stable:
        return f"--to {before.canary} --weight 0"
    return f"--to {after.stable} --weight 100"


def line(verb: str, target: Target, options: str, flags: str) -> str:
    said = " ".join(w for w in ("lambdactl", verb, "-f", str(target), options) if w)
    return addressed(said, flags)
