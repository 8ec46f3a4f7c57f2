"""Going elsewhere while the console is open: where a choice leads, and what there is to choose.

A choice is what a flag would be: it outranks the environment and every file, and is in the commands
that the console shows from then on, so that what is copied leads to the same place.
"""

from __future__ import annotations

from dataclasses import replace

from lambdactl.cli import config, state
from lambdactl.cli.contexts import context_rows
from lambdactl.cli.options import Asked
from lambdactl.cli.target import AWS, LAST_DEPLOY, SANDBOX, Wanted, wanted
from lambdactl.errors import UsageError
from lambdactl.tui.connection import Choice, Spot


def elsewhere(asked: Asked, started: Wanted, choice: Choice) -> tuple[Asked, Wanted]:
    """What ``choice`` leads to, for a console that was ``started`` with ``asked``.

    A context says everything itself: the flags of the start are gone with it. A profile or a region
    is changed within the context, which keeps its account and whether it is production. The sandbox
    has no profiles: choosing one leaves it. Production is read-only again wherever one goes, also
    where the console was started with --write; --read-only stays. Raises UsageError.
    """
    anew = choice.context is not None
    context = choice.context or (SANDBOX if started.in_sandbox else asked.context)
    if choice.profile is not None and context == SANDBOX:
        context = AWS
    there = replace(
        asked,
        context=context,
        profile=choice.profile or (None if anew else asked.profile or _last_profile(started)),
        region=choice.region or (None if anew else asked.region),
        endpoint_url=None if anew or context == AWS else asked.endpoint_url,
        function=None,
        # An alias without a function says which aliases of a fleet are meant.
        alias=None if anew or asked.function else asked.alias,
        read_only=asked.read_only or None,
    )
    within = choice.profile is not None or choice.region is not None
    # What was deployed last is not what is meant by another profile or region.
    found = wanted(there, by=None if within else "function")
    _require_consistent(found, choice)
    return there, found


def _last_profile(started: Wanted) -> str | None:
    """The profile that what was deployed last was deployed with, where it led to the start."""
    found = started.values.get("profile")
    return found.text if found is not None and found.origin == LAST_DEPLOY else None


def _require_consistent(found: Wanted, choice: Choice) -> None:
    """Raises UsageError where the choice would lead nowhere, or somewhere else."""
    region = found.get("region")
    if found.in_sandbox and choice.region not in (None, region):
        raise UsageError(
            f"the sandbox is in {region} only",
            why="it is one account in one region on this machine",
            hint="choose a context first",
        )
    endpoint, running = found.values.get("endpoint_url"), state.sandbox()
    if endpoint is None or running is None or found.in_sandbox:
        return
    if endpoint.text.rstrip("/") == running.endpoint:
        raise UsageError(
            f"{endpoint.origin} leads to the sandbox, whatever is chosen",
            why="no credentials of yours are ever sent there",
            hint=f"unset {endpoint.origin}, and open the console again",
        )


def contexts() -> tuple[Spot, ...]:
    """The built-in ones and those of the operator's file."""
    file = config.shown(config.user_file().path)
    return tuple(
        Spot(row.name, row.about, "built in" if row.name in (AWS, SANDBOX) else file)
        for row in context_rows()
    )


def profiles() -> tuple[Spot, ...]:
    from lambdactl.aws import places

    return tuple(
        Spot(each.name, "  ".join(w for w in (each.login, each.region) if w), each.origin)
        for each in places.profiles()
    )


def regions() -> tuple[Spot, ...]:
    from lambdactl.aws import places

    return tuple(
        Spot(each.name, each.about, "" if each.partition == "aws" else each.partition)
        for each in places.regions()
    )


def sandbox() -> str | None:
    return SANDBOX if state.sandbox() is not None else None
