"""Where the target comes from: the highest source that says it, and each value keeps its origin.

1. flags, 2. the environment, 3. the project file, 4. the current context, 5. what ``deploy``
deployed last, 6. AWS's own config (profile and region only, by boto3 itself). Nothing is guessed. A
context ranks just below whoever named it, so ``--context`` outranks the environment.

What ``deploy`` deployed last is a target in a place, and is used whole or not at all: one in the
sandbox with the sandbox only, one on AWS in its own region only, and its account is compared before
anything is done. Naming a function leaves it out: then the place follows AWS's ordinary rules.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from lambdactl.cli import config, state
from lambdactl.cli.options import Asked
from lambdactl.errors import UsageError, WrongAccount
from lambdactl.model import Place, Target

LAST_DEPLOY = "last deploy"
SANDBOX = "sandbox"
AWS = "aws"
ARN = re.compile(
    r"arn:[^:]+:lambda:(?P<region>[^:]+):(?P<account>\d+):function:(?P<name>[^:]+)(?::(?P<alias>.+))?"
)
NAMES = re.compile(r"[A-Za-z0-9_-]+(:[A-Za-z0-9_$-]*)?")
ENVIRONMENT = {
    "function": ("LAMBDACTL_FUNCTION",),
    "alias": ("LAMBDACTL_ALIAS",),
    "context": ("LAMBDACTL_CONTEXT",),
    "profile": ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"),
    "region": ("AWS_REGION", "AWS_DEFAULT_REGION"),
    "endpoint_url": ("AWS_ENDPOINT_URL",),
}
PLACE_FLAGS = ("context", "profile", "region", "endpoint_url")


@dataclass(frozen=True, slots=True)
class Value:
    """A value and where it came from: ``./lambdactl.toml``, ``AWS_PROFILE``, ``--region``."""

    text: str
    origin: str


Layer = dict[str, Value]
NOWHERE = Value("", "")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a command is to be about, as far as the sources say."""

    values: Mapping[str, Value] = field(default_factory=dict)
    credentials: tuple[str, str] | None = None
    """Key and secret of the sandbox, which are made up; None where AWS's own rules find them."""

    def get(self, key: str) -> str | None:
        return self.values[key].text if key in self.values else None

    @property
    def in_sandbox(self) -> bool:
        return self.get("context") == SANDBOX

    @property
    def production(self) -> bool:
        return (self.get("env") or "").lower() in ("prod", "production")

    @property
    def profile(self) -> str | None:
        """A profile to be set. One from the environment is left to boto3, which ranks it itself."""
        found = self.values.get("profile")
        return None if found is None or found.origin in ENVIRONMENT["profile"] else found.text

    @property
    def flags(self) -> str:
        """The flags that lead to the same place, for the commands that we suggest."""
        words = []
        for key in PLACE_FLAGS:
            found = self.values.get(key)
            if found and (found.origin.startswith("-") or found.origin == LAST_DEPLOY):
                words += [f"--{key.replace('_', '-')}", found.text]
            if self.in_sandbox:
                break
        return " ".join(words)

    def target(self, *, needs_alias: bool = True) -> Target:
        """The function and alias; raises UsageError where no source names them."""
        function, alias = self.get("function"), self.get("alias")
        if function is None:
            raise UsageError(
                "no function is named, and none is remembered for this place",
                why="no flag, environment variable, project file or context names one",
                hint="-f FUNCTION:ALIAS, of those that lambdactl list shows",
            )
        if alias is None and needs_alias:
            raise UsageError(
                f"no alias of {function} is named",
                why="a rollout is about one alias of a function",
                hint=f"-f {function}:ALIAS",
            )
        found = Target(function, alias or "")
        if not str(found).isprintable():
            # It would be printed in the target block, and move the cursor there.
            raise UsageError(
                f"{str(found)!r} is no name of a function and an alias",
                why="it has characters that cannot be seen",
                hint="-f FUNCTION:ALIAS",
            )
        if not NAMES.fullmatch(str(found)):
            raise UsageError(
                f"{found} is no name of a function and an alias",
                why="names are letters, digits, - and _, with one colon between the two",
                hint="-f FUNCTION:ALIAS, of those that lambdactl list shows",
            )
        return found

    def about(self, target: Target, origin: str) -> Wanted:
        """The same place, and ``target`` there."""
        named = {"function": target.function, "alias": target.alias}
        said = {key: Value(text, origin) for key, text in named.items()}
        return replace(self, values={**self.values, **said})

    def require_place(self, place: Place) -> None:
        """Raises WrongAccount if ``place`` is in another account than the one meant."""
        pinned = self.values.get("account_id")
        if pinned is not None and pinned.text != place.account_id:
            raise WrongAccount(
                f"these credentials are for account {place.account_id}, not for {pinned.text}",
                why=f"account {pinned.text} ← {pinned.origin}; nothing was read or changed there",
                hint=f"--profile NAME, of a profile for account {pinned.text}",
            )


def wanted(asked: Asked, *, by: str | None = "function") -> Wanted:
    """Ask every source, the highest first. ``by`` is what names a target, a function or a stack;
    with None the last deploy says nothing.

    Raises UsageError for a file that cannot be read, an unknown context, a sandbox that is not
    running, and flags that contradict each other.
    """
    layers, credentials = sources(asked, by=by)
    values = joined(layers)
    if values.get("context", NOWHERE).text == SANDBOX:
        # What a file says of the account on AWS is not true of the one on localhost.
        for key in ("profile", "env", "read_only"):
            values.pop(key, None)
    return Wanted(values, credentials)


def of_an_account() -> str | None:
    """What ``wanted`` goes by where a whole account is looked at: the region and account of a
    deploy to AWS are no answer to "what is there", the sandbox is."""
    last = state.current()
    return "function" if last is not None and last.context == SANDBOX else None


def sources(asked: Asked, *, by: str | None) -> tuple[list[Layer], tuple[str, str] | None]:
    """What every source says, the highest first, and the credentials that a context brings."""
    upper = [flag_layer(asked), environment_layer(), project_layer(config.project_file())]
    context, rank = current_context(upper)
    remembered = _usable(state.current(), upper, context, by)
    context = context or _remembered_context(remembered)
    layers = list(upper)
    credentials = None
    if context is not None:
        layer, credentials = context_layer(context)
        layers.insert(0 if context.text == SANDBOX else rank, layer)
    if remembered is not None:
        _lay_down(layers, remembered)
    if context is not None and context.text == SANDBOX:
        refuse_mixture(upper[0])
    return layers, credentials


def flag_layer(asked: Asked) -> Layer:
    layer = {
        key: Value(text, f"--{key.replace('_', '-')}")
        for key in ("alias", *PLACE_FLAGS)
        if (text := getattr(asked, key)) is not None
    }
    if asked.function is not None:
        for key, value in named(asked.function, "-f").items():
            if key in layer and layer[key].text != value.text:
                raise UsageError(
                    f"{layer[key].origin} {layer[key].text} contradicts -f {asked.function}",
                    hint=f"-f {asked.function}",
                )
            layer.setdefault(key, value)
    return layer


def named(function: str, origin: str) -> Layer:
    """``NAME``, ``NAME:ALIAS`` or an ARN, which also pins region and account."""
    if function.startswith("arn:"):
        found = ARN.fullmatch(function)
        if found is None:
            raise UsageError(
                f"{function} is not the ARN of a Lambda function",
                hint="-f arn:aws:lambda:REGION:ACCOUNT:function:NAME:ALIAS",
            )
        keys = {"name": "function", "alias": "alias", "region": "region", "account": "account_id"}
        return {keys[k]: Value(v, origin) for k, v in found.groupdict().items() if v}
    name, _, alias = function.partition(":")
    if not name or (":" in function and not alias):
        raise UsageError(f"{function!r} is not a function", hint="-f FUNCTION:ALIAS")
    layer = {"function": Value(name, origin)}
    return {**layer, "alias": Value(alias, origin)} if alias else layer


def environment_layer() -> Layer:
    layer: Layer = {}
    for key, names in ENVIRONMENT.items():
        name = next((n for n in names if os.environ.get(n)), None)
        if name is not None:
            layer[key] = Value(os.environ[name], name)
    return _split_function(layer)


def project_layer(file: config.File | None) -> Layer:
    return table_layer(file.content, config.shown(file.path)) if file else {}


def table_layer(table: Mapping[str, object], origin: str) -> Layer:
    """The keys of a project file or of a context that say what and where."""
    keys = config.TARGET_KEYS | {"context", "read_only"}
    said = {k: str(v).lower() if v is True or v is False else str(v) for k, v in table.items()}
    return _split_function({k: Value(v, origin) for k, v in said.items() if k in keys})


def _split_function(layer: Layer) -> Layer:
    if "function" not in layer:
        return layer
    return {**named(layer["function"].text, layer["function"].origin), **_without(layer)}


def _without(layer: Layer) -> Layer:
    return {k: v for k, v in layer.items() if k != "function"}


def current_context(upper: Sequence[Layer]) -> tuple[Value | None, int]:
    """The context, and the place of its layer: just below the source that named it."""
    running = state.sandbox()
    for rank, layer in enumerate(upper):
        if "context" in layer:
            return layer["context"], rank + 1
        endpoint = layer.get("endpoint_url")
        if endpoint and running and endpoint.text.rstrip("/") == running.endpoint:
            return Value(SANDBOX, endpoint.origin), rank + 1
    if chosen := state.chosen_context():
        return Value(chosen, "context use"), len(upper)
    file = config.user_file()
    configured = file.text("current_context")
    origin = config.shown(file.path)
    return (Value(configured, origin) if configured else None), len(upper)


def context_layer(context: Value) -> tuple[Layer, tuple[str, str] | None]:
    """What a context says, and the credentials it brings."""
    if context.text == AWS:
        return {"context": context}, None
    if context.text == SANDBOX:
        return sandbox_layer(context)
    file = config.user_file()
    known = config.contexts(file)
    if context.text not in known:
        names = ", ".join((AWS, SANDBOX, *known))
        raise UsageError(
            f"there is no context {context.text}",
            why=f"{context.origin} names it; known are {names}",
            hint="lambdactl context list",
        )
    layer = table_layer(known[context.text], f"context {context.text}")
    return {**layer, "context": context}, None


def sandbox_layer(context: Value) -> tuple[Layer, tuple[str, str] | None]:
    running = state.sandbox()
    if running is None:
        raise UsageError(
            "the sandbox is not running",
            why=f"context {SANDBOX} ← {context.origin}",
            hint="lambdactl sandbox start, in another terminal",
        )
    found = sandbox_target(running)
    return {**found.values, "context": context}, found.credentials


def sandbox_target(running: state.SandboxState) -> Wanted:
    """The place that a running sandbox is, without a function."""
    values = {
        "context": Value(SANDBOX, SANDBOX),
        "endpoint_url": Value(running.endpoint, SANDBOX),
        "region": Value(running.region, SANDBOX),
        "account_id": Value(running.account_id, SANDBOX),
    }
    return Wanted(values, (running.access_key_id, running.secret_access_key))


def refuse_mixture(flags: Layer) -> None:
    """The sandbox has its own endpoint and credentials: a flag that says otherwise is a mistake."""
    if "profile" in flags:
        raise UsageError(
            f"--profile {flags['profile'].text} has no meaning in the sandbox",
            why="no credentials of yours are ever sent there",
            hint="leave --profile out, or add --context aws",
        )


def _usable(
    remembered: state.Current | None, upper: Sequence[Layer], context: Value | None, by: str | None
) -> state.Current | None:
    """The last deployed target, where nothing above names another one or another place."""
    if remembered is None or by is None or any(by in layer for layer in upper):
        return None
    if any(remembered.account_id != x["account_id"].text for x in upper if "account_id" in x):
        return None
    flags = upper[0]
    here = context is not None and context.text == SANDBOX
    if remembered.context == SANDBOX:
        elsewhere = context is not None and not here
        pointed = any("endpoint_url" in layer for layer in upper) and not here
        return None if elsewhere or pointed or "profile" in flags else remembered
    endpoint = next((x["endpoint_url"].text for x in upper if "endpoint_url" in x), None)
    region = flags.get("region")
    moved = endpoint != remembered.endpoint or (region and region.text != remembered.region)
    return None if here or moved else remembered


def context_in_force(upper: Sequence[Layer]) -> str:
    """The context of a command that names no target; ``upper`` begins with the flags."""
    chosen, _ = current_context(upper)
    last = _remembered_context(_usable(state.current(), upper, chosen, "function"))
    found = chosen or last
    return found.text if found else AWS


def _remembered_context(remembered: state.Current | None) -> Value | None:
    """The sandbox after a deploy there; what else a deploy remembers stands for itself."""
    there = remembered is not None and remembered.context == SANDBOX
    return Value(SANDBOX, LAST_DEPLOY) if there else None


def _lay_down(layers: list[Layer], remembered: state.Current) -> None:
    """The remembered target below all else, but its region above all but the flags."""
    found = {
        "function": remembered.function,
        "alias": remembered.alias,
        "stack": remembered.stack,
        "template": remembered.template,
        "account_id": remembered.account_id,
        "profile": remembered.profile,
    }
    layers.append({k: Value(v, LAST_DEPLOY) for k, v in found.items() if v})
    layers.insert(1, {"region": Value(remembered.region, LAST_DEPLOY)})


def joined(layers: Sequence[Layer]) -> Layer:
    """The highest value of each key; an alias only from a source that does not name another
    function than the one it is of."""
    values: Layer = {}
    for layer in layers:
        function = layer.get("function")
        other = function and "function" in values and values["function"].text != function.text
        for key, value in layer.items():
            if not (other and key in ("alias", "stack")):
                values.setdefault(key, value)
    return values
