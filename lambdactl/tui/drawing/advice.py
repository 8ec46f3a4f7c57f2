"""What is drawn where there is nothing to show yet: why, and what to do next.

Each cause has a glyph, a word and a colour of its own, and its way out: commands to copy, and keys
that lead elsewhere. It is an answer of the same rank as a good screen, so it fills the screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content

from lambdactl.errors import (
    CredentialsError,
    LambdactlError,
    LoginExpired,
    NoCredentials,
    NoRegion,
    NotFound,
    PermissionDenied,
    Throttled,
    Unreachable,
    UsageError,
    WrongAccount,
)
from lambdactl.model import Place
from lambdactl.render import glyphs
from lambdactl.render.addressed import addressed
from lambdactl.render.glyphs import Mark
from lambdactl.tui.connection import Connection
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.text import age, fitted, folded
from lambdactl.tui.view import View

INDENT = 34


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do: by a ``command`` to be typed elsewhere, or by the ``key`` of this name."""

    told: str
    command: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    mark: Mark
    told: str
    why: str
    steps: tuple[Step, ...]


THROTTLED = Mark("‖", "||", "THROTTLED", "bold yellow")
RETRY = Step("try again now", key="refresh")
CONTEXT = Step("another context", key="context")
PROFILE = Step("another profile", key="profile")
REGION = Step("another region", key="region")
DOCTOR = Step("what else may be wrong", "lambdactl doctor")
DEMO = Step("see it work without any account", "lambdactl demo")
SANDBOX = Step("to the sandbox that runs here", key="to_sandbox")
START = Step("have an account on this machine", "lambdactl sandbox start --speed 30")
ERRORS = Step("every failure of this session", key="session_errors")


def mark_of(error: LambdactlError, *, in_sandbox: bool = False) -> Mark:
    """The cause as a glyph and a word."""
    match error:
        case LoginExpired():
            return Mark("✖", "XX", "LOGIN EXPIRED", "bold red")
        case NoCredentials():
            return Mark("✖", "XX", "NO CREDENTIALS", "bold red")
        case WrongAccount():
            return Mark("✖", "XX", "WRONG ACCOUNT", "bold red")
        case CredentialsError():
            return Mark("✖", "XX", "NOT LET IN", "bold red")
        case NoRegion():
            return Mark("?", "??", "NO REGION", "bold yellow")
        case PermissionDenied():
            return Mark("■", "--", "NO PERMISSION", "bold red")
        case Throttled():
            return THROTTLED
        case Unreachable():
            return Mark("~", "~~", "SANDBOX GONE" if in_sandbox else "OFFLINE", "bold yellow")
        case NotFound():
            return Mark("■", "--", "NOT HERE", "bold yellow")
        case UsageError():
            return Mark("?", "??", "NOT CONFIGURED", "bold yellow")
        case _:
            return glyphs.NOT_READ


def of_error(error: LambdactlError, here: Connection) -> Advice:
    """What a failure of the first look means, and what to do about it."""
    steps = [*hinted(error), *of_kind(error, here)]
    told = tuple(Step(s.told, addressed(s.command, here.flags), s.key) for s in steps)
    mark = mark_of(error, in_sandbox=here.in_sandbox)
    return Advice(mark, str(error), error.why or "", told)


def no_functions(here: Connection, place: Place | None) -> Advice:
    """An account in which there is nothing yet; often it is only the wrong region."""
    where = f" ({place.account_id} {place.region})" if place else ""
    steps = (
        REGION,
        CONTEXT,
        Step("deploy the included stack", addressed("lambdactl deploy", here.flags)),
        *(() if here.in_sandbox else (SANDBOX, DEMO)),
        RETRY,
    )
    told = f"There is no function in this account and region{where}."
    why = "functions are listed by region: they may be in another one"
    return Advice(Mark("■", "--", "NO FUNCTIONS", "bold yellow"), told, why, steps)


def hinted(error: LambdactlError) -> Iterator[Step]:
    """The commands of the error's own hint, the first way out."""
    for part in re.split(r"\s{3}or\s+|;\s+(?=lambdactl )", error.hint or ""):
        command = part.partition("   ")[0].strip()
        if command.startswith(("aws ", "lambdactl ", "timedatectl ")):
            yield Step(HINTED.get(command.split(" ")[1], "the way out"), command)
        elif part:
            yield Step(part.strip())


HINTED = {
    "sso": "log in again, in any terminal",
    "configure": "set it up, in any terminal",
    "list": "every function that is here",
}


def of_kind(error: LambdactlError, here: Connection) -> Iterator[Step]:
    match error:
        case LoginExpired():
            yield from (Step("then go on with the new login", key="refresh"), PROFILE)
            yield from (SANDBOX, DOCTOR)
        case NoCredentials():
            yield Step("log in with SSO", "aws configure sso")
            yield from (PROFILE, RETRY, SANDBOX, DEMO, START, DOCTOR)
        case CredentialsError():
            yield from (PROFILE, CONTEXT, RETRY, DOCTOR)
        case NoRegion():
            yield from (REGION, CONTEXT, RETRY, SANDBOX, DEMO)
        case PermissionDenied():
            yield Step("the policy that is enough", "lambdactl iam-policy --read-only")
            yield Step("who you are", "aws sts get-caller-identity")
            yield from (PROFILE, CONTEXT, RETRY, SANDBOX, DOCTOR)
        case Throttled():
            yield from (RETRY, ERRORS)
        case Unreachable() if here.in_sandbox:
            yield from (START, CONTEXT, RETRY)
        case Unreachable():
            yield from (RETRY, CONTEXT, REGION, SANDBOX, DOCTOR)
        case NotFound():
            yield from (Step("open one that is here", key="back"), REGION, CONTEXT, PROFILE, RETRY)
            yield Step(HINTED["list"], "lambdactl list")
        case _:
            yield from (PROFILE, CONTEXT, RETRY, ERRORS)


def waiting(view: View, pen: Pen) -> str:
    """What happens by itself meanwhile."""
    if view.looking:
        return "trying now"
    if view.retry_s is not None:
        return f"it is tried again in {age(view.retry_s)}"
    return f"{pen.key('refresh')} tries again"


def rows(advice: Advice, width: int, pen: Pen, waits: str, *, sandbox: bool) -> list[Row]:
    """As the rows of a list, so that ``y`` copies the command under the cursor."""
    head = Content(" ") + pen.named(advice.mark) + pen.say(f"  {advice.told}")
    lines = _wrapped("head", head, width)
    if advice.why:
        lines += _wrapped("why", pen.say(f"   {advice.why}", "dim"), width)
    told = f" What to do next     {pen.key('copy')} copies a command; {waits}"
    lines += [Row("blank", Content(""), ""), Row("next", pen.say(told, "bold"), "")]
    steps = (s for s in advice.steps if s.key != "to_sandbox" or sandbox)
    return [*lines, *(row for step in dict.fromkeys(steps) for row in _step(step, width, pen))]


def _wrapped(key: str, line: Content, width: int) -> list[Row]:
    parts = folded(line, width - 4, 20)
    told = line.plain.strip()
    return [Row(f"{key}{n}", "   " + part if n else part, told) for n, part in enumerate(parts)]


def _step(step: Step, width: int, pen: Pen) -> list[Row]:
    what = pen.say(f"   {step.told}")
    if step.command:
        return _command(step, what, width, pen)
    if not step.key:
        return _wrapped(step.told, what, width)
    line = fitted(what, INDENT) + pen.say(f" {pen.key(step.key)}", "bold $text-accent")
    return [Row(step.key, line, step.told)]


def _command(step: Step, what: Content, width: int, pen: Pen) -> list[Row]:
    """A command that does not fit beside what it is for has lines of its own: it is never cut."""
    told = pen.say(f" $ {step.command}", "$text-accent")
    if INDENT + told.cell_length <= width - 1:
        return [Row(step.command, fitted(what, INDENT) + told, step.command)]
    parts = folded(pen.say(f"$ {step.command}", "$text-accent"), width - 7, 20)
    rows = [
        Row(f"{step.command} {n}", ("       " if n else "     ") + part, step.command)
        for n, part in enumerate(parts)
    ]
    return [Row(step.command, what, step.command), *rows]
