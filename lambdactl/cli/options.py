"""The options that every command takes, on either side of its name.

``@shared`` adds them to a command's own, which win over one of the same name; the command gets them
as one :class:`Asked`. Given before
the command's name they are parsed by the root and joined here; the nearer one wins.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import update_wrapper
from itertools import pairwise
from typing import Annotated, Any

import typer

from lambdactl.cli.query import compiled
from lambdactl.cli.terminal import Terminal
from lambdactl.errors import UsageError
from lambdactl.render.formats import MACHINE

FORMATS = ("table", "wide", *MACHINE)
COLORS = ("auto", "always", "never")


@dataclass(slots=True)
class Run:
    """What one run of the program has to remember until it ends."""

    as_json: bool = False
    words: dict[str, Any] = field(default_factory=dict)
    """Shared options that were given before the command."""
    left: str = "nothing was changed"
    """In what state AWS is left if the run is interrupted now."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The shared options of this run."""

    function: str | None
    alias: str | None
    context: str | None
    profile: str | None
    region: str | None
    endpoint_url: str | None
    output: str
    quiet: bool
    debug: bool
    no_input: bool
    yes: bool
    yes_by_environment: bool
    """LAMBDACTL_YES, which production does not take for an answer."""
    dry_run: bool
    read_only: bool | None
    """What --read-only or --write said; None where neither was given."""
    timeout: float | None
    """Seconds to wait, by the clock on the wall."""
    terminal: Terminal
    run: Run

    @property
    def structured(self) -> bool:
        """Whether a program reads stdout: then it gets the document, and nothing is shortened."""
        return self.output in MACHINE or self.terminal.query is not None


Function = Annotated[
    str | None, typer.Option("--function", "-f", metavar="NAME[:ALIAS]|ARN", help="The function.")
]
Alias = Annotated[str | None, typer.Option("--alias", "-a", metavar="NAME", help="Its alias.")]
Context = Annotated[
    str | None, typer.Option(metavar="NAME", help="A named target; `sandbox` is built in.")
]
Profile = Annotated[str | None, typer.Option(metavar="NAME", help="AWS profile.")]
Region = Annotated[str | None, typer.Option(metavar="NAME", help="AWS region.")]
EndpointUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="Ask this endpoint instead of AWS.")
]
Output = Annotated[
    str | None, typer.Option("--output", "-o", metavar="|".join(FORMATS), help="Form of stdout.")
]
Query = Annotated[
    str | None, typer.Option(metavar="JMESPATH", help="A part of what -o json prints.")
]
Plain = Annotated[bool, typer.Option("--plain", help="ASCII, no colour, one record a line.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="On stderr, errors only.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show tracebacks.")]
NoInput = Annotated[bool, typer.Option("--no-input", help="Never ask; fail instead.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Answer the confirmation with yes.")]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Show the plan, change nothing.")]
ReadOnly = Annotated[
    bool | None,
    typer.Option("--read-only/--write", help="Change nothing; or change production."),
]
Timeout = Annotated[
    str | None, typer.Option(metavar="TIME", help="Wait no longer: 90, 90s, 10m, 2h.")
]
Color = Annotated[str | None, typer.Option(metavar="|".join(COLORS), help="Colour on or off.")]

SHARED: Mapping[str, tuple[Any, Any]] = {
    "function": (Function, None),
    "alias": (Alias, None),
    "context": (Context, None),
    "profile": (Profile, None),
    "region": (Region, None),
    "endpoint_url": (EndpointUrl, None),
    "output": (Output, None),
    "query": (Query, None),
    "plain": (Plain, False),
    "quiet": (Quiet, False),
    "debug": (Debug, False),
    "no_input": (NoInput, False),
    "yes": (Yes, False),
    "dry_run": (DryRun, False),
    "read_only": (ReadOnly, None),
    "timeout": (Timeout, None),
    "color": (Color, None),
}


def shared(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function(asked, ...)`` as a command with its own options and the shared ones."""
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    mine = {parameter.name for parameter in own}

    def with_asked(ctx: typer.Context, **words: Any) -> Any:
        given = {name: words.pop(name) for name in SHARED if name not in mine}
        run: Run = ctx.obj
        return function(asked(run, {**run.words, **_spoken(given)}), **words)

    update_wrapper(with_asked, function)
    _sign(with_asked, [*own, *(p for p in shared_parameters() if p.name not in mine)])
    return with_asked


def shared_parameters() -> list[inspect.Parameter]:
    keyword = inspect.Parameter.KEYWORD_ONLY
    return [
        inspect.Parameter(name, keyword, annotation=kind, default=default)
        for name, (kind, default) in SHARED.items()
    ]


def _sign(function: Any, parameters: Sequence[inspect.Parameter]) -> None:
    """Give ``function`` the signature that Typer is to see."""
    context = inspect.Parameter(
        "ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
    )
    function.__signature__ = inspect.Signature([context, *parameters])
    function.__annotations__ = {p.name: p.annotation for p in (context, *parameters)}
    del function.__wrapped__


def before_command(function: Callable[..., Any]) -> Callable[..., Any]:
    """A group's callback that also takes the shared options, for the command that follows."""
    own = list(inspect.signature(function, eval_str=True).parameters.values())

    def with_words(ctx: typer.Context, **words: Any) -> Any:
        run: Run = ctx.obj
        run.words.update(_spoken({name: words.pop(name) for name in SHARED}))
        return function(**words)

    update_wrapper(with_words, function)
    _sign(with_words, [*own, *shared_parameters()])
    return with_words


def _spoken(words: Mapping[str, Any]) -> dict[str, Any]:
    """Those that were given: ``--write`` is a false that was said."""
    return {name: value for name, value in words.items() if value != SHARED[name][1]}


def asked(run: Run, words: Mapping[str, Any]) -> Asked:
    """The options with what the environment adds to them. Raises UsageError."""
    output = _one_of("--output", words.get("output") or _env("OUTPUT") or "table", FORMATS)
    color = _one_of("--color", words.get("color") or "auto", COLORS)
    no_input = words.get("no_input", False) or _env_flag("NO_INPUT")
    quiet = words.get("quiet", False)
    plain = words.get("plain", False)
    query = compiled(words["query"]) if "query" in words else None
    return Asked(
        function=words.get("function"),
        alias=words.get("alias"),
        context=words.get("context"),
        profile=words.get("profile"),
        region=words.get("region"),
        endpoint_url=words.get("endpoint_url"),
        output=output,
        quiet=quiet,
        debug=words.get("debug", False) or _env_flag("DEBUG"),
        no_input=no_input,
        yes=words.get("yes", False),
        yes_by_environment=_env_flag("YES"),
        dry_run=words.get("dry_run", False),
        read_only=words.get("read_only"),
        timeout=seconds(words["timeout"]) if "timeout" in words else None,
        terminal=Terminal(
            color="never" if plain else color,
            quiet=quiet,
            no_input=no_input,
            ascii=plain or _env_flag("ASCII"),
            plain=plain,
            query=query,
        ),
        run=run,
    )


def seconds(text: str) -> float:
    """``90``, ``90s``, ``10m``, ``2h``, ``7d`` in seconds. Raises UsageError."""
    units = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
    number, unit = (text[:-1], text[-1]) if text[-1:] in units else (text, "s")
    try:
        value = float(number)
    except ValueError:
        value = -1.0
    if not 0.0 <= value < float("inf"):
        raise UsageError(f"{text!r} is not a time", hint="write 90, 90s, 10m, 2h or 7d")
    return value * units[unit]


def _one_of(option: str, value: str, known: tuple[str, ...]) -> str:
    if value in known:
        return value
    raise UsageError(f"{option} {value!r} is not known", hint=f"one of {', '.join(known)}")


def _env(name: str) -> str | None:
    return os.environ.get(f"LAMBDACTL_{name}") or None


def _env_flag(name: str) -> bool:
    return (_env(name) or "").lower() in ("1", "true", "yes", "on")


def wants_json(argv: Sequence[str]) -> bool:
    """Whether errors are to be JSON: known before the words are parsed, for the parse may fail."""
    for word, following in pairwise([*argv, ""]):
        if word in ("-o", "--output"):
            return following.startswith("json")
        if word.startswith(("-ojson", "--output=json")):
            return True
    return (_env("OUTPUT") or "").startswith("json")


def wants_debug(argv: Sequence[str]) -> bool:
    return "--debug" in argv or _env_flag("DEBUG")
