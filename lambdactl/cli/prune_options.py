"""The options of ``lambdactl prune``, and what they come to."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from lambdactl.cli.options import Asked
from lambdactl.errors import UsageError
from lambdactl.plan.protecting import Criteria

FASTEST = 15.0


@dataclass(frozen=True, slots=True)
class Wish:
    """The options, read. Sizes are bytes; ``rate`` is calls a second."""

    criteria: Criteria = field(default_factory=Criteria)
    every: bool = False
    stack: str | None = None
    match: str | None = None
    until: int | None = None
    layers: bool = False
    deep: bool = False
    regions: tuple[str, ...] = ()
    plan: Path | None = None
    apply: Path | None = None
    rate: float | None = None
    despite_deployments: bool = False
    max_delete: int | None = None
    pins: Path | None = None
    pin_description: str | None = None

    @property
    def many(self) -> bool:
        """Whether it goes by a plan file, be it of one function."""
        scoped = self.every or self.stack is not None or self.match is not None
        special = self.until is not None or self.layers or self.deep or self.regions
        return bool(scoped or special or self.plan or self.apply)

    @property
    def words(self) -> str:
        """The scope, for a person; empty for the one function of the target."""
        if self.stack is not None:
            return f"stack {self.stack}"
        if self.match is not None:
            return f"functions like {self.match}"
        return "all functions" if self.every else ""


Text = str | None


def option(help: str, metavar: str | None = None, kind: Any = Text) -> Any:
    return Annotated[kind, typer.Option(metavar=metavar, help=help)]


def flag(name: str, help: str) -> Any:
    """One that is there or not: ``--no-...`` of it would say nothing."""
    return Annotated[bool, typer.Option(name, help=help)]


OPTIONS: Mapping[str, tuple[Any, Any]] = {
    "keep": (option("Keep the newest N besides those in use.", "N", int), 5),
    "grace": (option("Keep what is younger: 36h, 90m, 7d.", "TIME", str), "24h"),
    "older_than": (option("Delete only what is older: 30d.", "TIME"), None),
    "only": (option("Of what may go, these versions.", "N,N"), None),
    "all_functions": (flag("--all-functions", "Every function of the account."), False),
    "stack": (option("The functions of a stack.", "NAME"), None),
    "match": (option("Functions named like shop-*.", "GLOB"), None),
    "until": (option("Largest first, until code storage is down to 50GB.", "SIZE"), None),
    "layers": (flag("--layers", "Layer versions that nothing has attached, too."), False),
    "regions": (option("In these regions.", "NAME,NAME"), None),
    "plan": (option("Write the plan to FILE, to be reviewed; delete nothing.", "FILE"), None),
    "apply": (option("Do a plan, or go on with it.", "FILE"), None),
    "rate": (
        option(
            "Calls a second, deletes and looks; 4.9 of AWS's 15 if not said.", "N", float | None
        ),
        None,
    ),
    "max_delete": (option("With --yes: this many, no more.", "N", int | None), None),
    "deep": (flag("--deep", "Search other services for the ARNs of versions, too."), False),
    "pins": (option("Keep what its lines say: FUNCTION:VERSION.", "FILE"), None),
    "pin_description": (option("Keep versions described like this.", "REGEX"), None),
    "allow_unreleased": (
        flag("--allow-unreleased", "Versions newer than any alias may go."),
        False,
    ),
    "allow_managed": (flag("--allow-managed", "Versions on a capacity provider may go."), False),
    "despite_deployments": (
        flag("--despite-deployments", "Also while other functions are being deployed."),
        False,
    ),
}


def wished(function: Callable[[Asked, Wish], None]) -> Callable[..., None]:
    """``function(asked, wish)`` as a command with these options."""

    def with_wish(asked: Asked, **words: Any) -> None:
        function(asked, wish_of(words))

    own = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
        for name, (kind, default) in OPTIONS.items()
    ]
    first = inspect.Parameter("asked", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Asked)
    with_wish.__signature__ = inspect.Signature([first, *own])  # type: ignore[attr-defined]
    with_wish.__doc__ = function.__doc__
    with_wish.__name__ = function.__name__
    return with_wish


def wish_of(words: Mapping[str, Any]) -> Wish:
    """The options as they are meant. UsageError for what is no size, no age or contradicts."""
    from lambdactl.cli.sizes import age_s, bytes_of

    refuse_contradictions(words)
    older = words["older_than"]
    criteria = Criteria(
        keep=words["keep"],
        grace_s=age_s(words["grace"]),
        older_than_s=age_s(older) if older is not None else 0.0,
        allow_unreleased=words["allow_unreleased"],
        allow_managed=words["allow_managed"],
        only=numbers_of(words["only"]),
    )
    return Wish(
        criteria=criteria,
        every=words["all_functions"],
        stack=words["stack"],
        match=words["match"],
        until=bytes_of(words["until"]) if words["until"] is not None else None,
        layers=words["layers"],
        deep=words["deep"],
        regions=tuple(r.strip() for r in (words["regions"] or "").split(",") if r.strip()),
        plan=path_of(words["plan"]),
        apply=path_of(words["apply"]),
        rate=words["rate"],
        despite_deployments=words["despite_deployments"],
        max_delete=words["max_delete"],
        pins=path_of(words["pins"]),
        pin_description=words["pin_description"],
    )


def numbers_of(text: str | None) -> tuple[int, ...] | None:
    """``36,v37`` as numbers in order. UsageError for what is none."""
    if text is None:
        return None
    words = [word.strip().removeprefix("v") for word in text.split(",") if word.strip()]
    if not words or not all(word.isascii() and word.isdigit() for word in words):
        raise UsageError(f"--only {text!r} is no list of versions", hint="--only 36,37")
    return tuple(sorted({int(word) for word in words}))


def path_of(text: str | None) -> Path | None:
    return Path(text).expanduser() if text is not None else None


def refuse_contradictions(words: Mapping[str, Any]) -> None:
    scopes = [n for n in ("all_functions", "stack", "match") if words[n]]
    if len(scopes) > 1:
        names = " and ".join(f"--{n.replace('_', '-')}" for n in scopes)
        raise UsageError(f"{names} say two different things", hint="give one of them")
    if words["apply"] is not None and (scopes or words["plan"] is not None or words["until"]):
        raise UsageError(
            "--apply does a plan that is made already",
            hint="lambdactl prune --apply FILE   and nothing that would make another one",
        )
    many = (*scopes, *(n for n in ("until", "layers", "regions", "apply") if words[n]))
    if words["only"] is not None and many:
        raise UsageError(
            f"--only names versions of one function, and --{many[0].replace('_', '-')} is of more",
            hint="lambdactl prune -f FUNCTION --only 36,37",
        )
    rate = words["rate"]
    if rate is not None and not 0.0 < rate <= FASTEST:
        raise UsageError(
            f"--rate {rate:g} cannot be kept",
            why="AWS takes 15 control-plane calls a second for the whole account and region",
            hint="--rate 4.9   leaves two thirds of them to others",
        )
