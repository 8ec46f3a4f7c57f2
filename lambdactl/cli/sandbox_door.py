"""``lambdactl sandbox fault`` and ``sandbox journal``: what goes wrong at its door, who came."""

from __future__ import annotations

from datetime import UTC, datetime
from time import sleep
from typing import Annotated, Any

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

fault = typer.Typer(no_args_is_help=True, **SETTINGS)
LOOK_S = 1.0

Action = Annotated[
    str, typer.Argument(metavar="ACTION", help="lambda:UpdateAlias, codedeploy:*, *")
]
Kind = Annotated[str, typer.Argument(metavar="KIND", help="What goes wrong; see above.")]
Times = Annotated[int | None, typer.Option(min=1, help="Strike so often; for ever unless told.")]
Skip = Annotated[int, typer.Option(min=0, help="Let so many calls pass first.")]
Chance = Annotated[float, typer.Option(help="Strike this share of the calls, 0 to 1.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Begin the chances anew from this seed.")]
Inside = Annotated[bool, typer.Option("--inside", help="Strike the account's own calls, too.")]
Seconds = Annotated[float | None, typer.Option(help="Of latency (1) or of skew (600).")]
Code = Annotated[str | None, typer.Option(help="Of error: AWS's error code.")]
Message = Annotated[str | None, typer.Option(help="Of error: its message.")]
Status = Annotated[int | None, typer.Option(help="Of error: its HTTP status.")]
Performed = Annotated[
    bool, typer.Option("--performed", help="Of drop: the call is carried out all the same.")
]


@fault.callback()
def faults() -> None:
    """Let calls to the sandbox go wrong: add, list, clear.

    \b
    lambdactl sandbox fault add lambda:UpdateAlias throttle --times 2
    lambdactl sandbox fault add 'codedeploy:*' deny
    lambdactl sandbox fault list
    lambdactl sandbox fault clear
    """


@fault.command()
@shared
def add(
    asked: Asked,
    action: Action,
    kind: Kind,
    times: Times = None,
    skip: Skip = 0,
    chance: Chance = 1.0,
    seed: Seed = None,
    inside: Inside = False,
    seconds: Seconds = None,
    code: Code = None,
    message: Message = None,
    status: Status = None,
    performed: Performed = False,
) -> None:
    """Let the calls that ACTION names go wrong.

    \b
    lambdactl sandbox fault add lambda:UpdateAlias throttle --times 2
    lambdactl sandbox fault add 'codedeploy:*' deny

    \b
    throttle   too many requests, as each service says it
    deny       access denied to the operation
    expire     the session token has expired
    error      one of your choice: --code, --message, --status; 503 unless told
    latency    the answer comes --seconds of the wall clock later
    drop       the connection closes without an answer
    half       half of the answer is sent, and the connection closes
    skew       the caller's clock is --seconds behind
    """
    from lambdactl.cli.sandbox_admin import add_fault, running

    named = {"seed": seed, "seconds": seconds, "code": code, "message": message, "status": status}
    order = {"action": action, "kind": kind, "times": times, "skip": skip, "chance": chance}
    flags = {"inside": inside, "performed": performed}
    given = {name: value for name, value in {**order, **named}.items() if value is not None}
    _tell(asked, [add_fault(running().endpoint, {**given, **flags})])


@fault.command("list")
@shared
def list_(asked: Asked) -> None:
    """List the faults in force, and how often each has struck.

    \b
    lambdactl sandbox fault list
    lambdactl sandbox fault list -o json
    """
    from lambdactl.cli.sandbox_admin import faults_of, running

    _tell(asked, faults_of(running().endpoint))


@fault.command()
@shared
def clear(
    asked: Asked,
    number: Annotated[int | None, typer.Argument(metavar="NUMBER", help="Only this one.")] = None,
) -> None:
    """Take all faults away, or one.

    \b
    lambdactl sandbox fault clear
    lambdactl sandbox fault clear 2    the one that fault list numbers so
    """
    from lambdactl.cli.sandbox_admin import clear_faults, running

    left = clear_faults(running().endpoint, number)
    asked.terminal.say(f"{len(left)} faults are left" if left else "no faults are left")


def _tell(asked: Asked, found: list[dict[str, Any]]) -> None:
    from lambdactl.render.columns import columns

    if asked.structured:
        asked.terminal.document(found, asked.output)
        return
    if not found:
        asked.terminal.say("no faults are in force")
        return
    header = ("", "ACTION", "KIND", "LEFT", "CHANCE", "STRUCK")
    asked.terminal.out(*columns([_cells(each) for each in found], header=header))


def _cells(told: dict[str, Any]) -> list[str]:
    left = "for ever" if told["left"] is None else str(told["left"])
    skips = f", after {told['skip']}" if told["skip"] else ""
    chance = f"{told['chance']:.0%}"
    return [
        str(told["number"]), told["action"], told["kind"], left + skips, chance,
        str(told["struck"]),
    ]  # fmt: skip


@shared
def journal(
    asked: Asked,
    follow: Annotated[bool, typer.Option("--follow", "-F", help="Go on until Ctrl-C.")] = False,
    writes: Annotated[bool, typer.Option("--writes", help="Only calls that may change.")] = False,
    inside: Annotated[
        bool, typer.Option("--inside", help="Also what its services ask of each other.")
    ] = False,
) -> None:
    """Show every call to the sandbox: when, what, how it ended, by whom.

    \b
    lambdactl sandbox journal --follow --writes  who changes what, as it happens
    lambdactl sandbox journal -o jsonl           for a program
    """
    from lambdactl.cli.sandbox_admin import journal_of, running

    endpoint, last = running().endpoint, 0
    while True:
        entries = journal_of(endpoint, last)
        last = entries[-1]["number"] if entries else last
        wanted = [
            entry for entry in entries
            if (entry["writes"] or not writes) and (entry["caller"] or inside)
        ]  # fmt: skip
        _tell_entries(asked, wanted, one_by_one=follow)
        if not follow:
            return
        sleep(LOOK_S)


def _tell_entries(asked: Asked, entries: list[dict[str, Any]], *, one_by_one: bool) -> None:
    if asked.structured and not one_by_one:
        asked.terminal.document(entries, asked.output)
    elif asked.structured:
        for entry in entries:
            asked.terminal.document(entry, "jsonl")
    elif entries:
        asked.terminal.out(*(_line(entry) for entry in entries))


def _line(entry: dict[str, Any]) -> str:
    at = datetime.fromtimestamp(entry["at"], UTC).strftime("%H:%M:%S")
    kind = "write" if entry["writes"] else "read"
    ended = str(entry["status"] or "dropped")
    caller = entry["caller"] or "(inside)"
    code = f"  {entry['code']}" if entry["code"] else ""
    return f"{at}  {ended:7}  {kind:5}  {caller}  {entry['service']}:{entry['operation']}{code}"
