"""``audit.jsonl``: who changed what, from what to what, and how it ended. Shown by ``audit``.

Each change leaves two lines with one id: one before the first call, one when it is over, so that a
change whose process was killed is not missing. A line holds names, numbers, ids and AWS's error
codes. It never holds a value that somebody typed as ``NAME=VALUE`` (a stack's parameters may be
secret), nor the text of an AWS error (which may repeat them), nor anything of an environment.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from lambdactl.cli.session import Session
from lambdactl.errors import LambdactlError, UsageError
from lambdactl.ops.events import AliasMoved, AliasVerified, VersionDeleted
from lambdactl.ops.stack_events import (
    ArtifactUploaded,
    BucketMade,
    ChangeSetCreated,
    DeployEvent,
    StackOperationEnded,
)
from lambdactl.plan.actions import ExecuteChangeSet, Plan, UpdateAlias
from lambdactl.render.document import routing
from lambdactl.render.numbers import iso
from lambdactl.state_home import state_dir

if TYPE_CHECKING:
    from lambdactl.plan.actions import Action

Entry = dict[str, Any]
E = TypeVar("E", bound=DeployEvent)
HIDDEN = "***"
SESSION = secrets.token_hex(6)
"""What the changes of one run of the program have in common: a console makes many."""
STARTED = "started"
"""The outcome of a change that is under way, or whose process did not live to tell its end."""


def audited(
    session: Session,
    plan: Plan,
    events: Iterator[E],
    command: str | None = None,
    *,
    reason: str | None = None,
) -> Iterator[E]:
    """``events`` of applying ``plan``, and the lines of it in the log; ``command`` does the same
    where it was not a command line that was typed, ``reason`` is why."""
    from lambdactl.cli.movers import naming_mover

    more = {k: v for k, v in (("command", command), ("reason", reason)) if v}
    return logged(
        session, plan.verb, {**subject(plan), **more}, naming_mover(session, plan, events)
    )


def logged(session: Session, verb: str, about: Entry, events: Iterator[E]) -> Iterator[E]:
    """``events`` of a change; ``about`` is its target, before, after and revision ids."""
    entry = {**opening(session, verb), **about}
    append(session, {**entry, "outcome": STARTED})
    seen: list[DeployEvent] = []
    outcome: Entry = {"outcome": "left before its end"}
    try:
        for event in events:
            seen.append(event)
            yield event
        outcome = {"outcome": "done"}
    except LambdactlError as error:
        outcome = {"outcome": error.code, "aws_code": error.aws_code}
        raise
    except KeyboardInterrupt:
        outcome = {"outcome": "interrupted"}
        raise
    finally:
        append(session, {**entry, **_came_to(entry, seen), **outcome, "at": iso(session.aws.now())})


def noted(session: Session, event: DeployEvent) -> None:
    """A line for what is made before a deploy is asked about: a bucket, objects, a change set."""
    match event:
        case BucketMade():
            made = f"CreateBucket {event.bucket}"
        case ArtifactUploaded():
            made = f"PutObject {event.bucket}/{event.key}"
        case ChangeSetCreated():
            made = f"CreateChangeSet {event.stack}:{event.name}"
        case _:
            return
    append(session, {**opening(session, "prepare"), "actions": [made], "outcome": "done"})


def opening(session: Session, verb: str) -> Entry:
    return {
        "id": secrets.token_hex(6),
        "at": iso(session.aws.now()),
        "caller": session.aws.caller_arn(),
        "host": socket.gethostname(),
        "session": SESSION,
        "account_id": session.place.account_id,
        "region": session.place.region,
        "endpoint": session.place.endpoint,
        "verb": verb,
        "command": " ".join(without_values(sys.argv[1:])),
    }


def subject(plan: Plan) -> Entry:
    """What a plan is about, before it is done."""
    stack = next((a.stack for a in plan.actions if isinstance(a, ExecuteChangeSet)), None)
    alias = str(plan.target) if plan.target.alias else plan.target.function
    return {
        # Before a stack is there, its plan knows its function by a logical id only.
        "target": f"stack {stack}" if stack else alias,
        "before": routing(plan.before),
        "after": routing(plan.after),
        "revision_ids": [a.revision_id for a in plan.actions if isinstance(a, UpdateAlias)],
        "actions": [_named(action) for action in plan.actions],
    }


def _named(action: Action) -> str:
    """``DeleteVersion checkout:7``: what it does to what, and nothing of any content."""
    subjects = {
        "UpdateAlias": ("target",),
        "StopDeployment": ("deployment_id",),
        "ReportHook": ("deployment_id", "event", "status"),
        "DeleteVersion": ("function", "version"),
        "ExecuteChangeSet": ("stack", "change_set"),
    }
    kind = type(action).__name__
    about = ":".join(str(getattr(action, f)) for f in subjects.get(kind, ()))
    return f"{kind} {about}".strip()


def _came_to(entry: Entry, seen: Sequence[DeployEvent]) -> Entry:
    """What the events say was reached: never what was only asked for."""
    came: Entry = {"revision_ids": list(entry.get("revision_ids", ()))}
    deleted = []
    for event in seen:
        match event:
            case AliasMoved(after=after, revision_id=revision):
                came["reached"] = routing(after)
                came["revision_ids"].append(revision)
            case AliasVerified(routing=verified, revision_id=revision):
                came["reached"] = routing(verified)
                came["revision_ids"].append(revision)
            case VersionDeleted():
                deleted.append(f"{event.function}:{event.version}")
            case StackOperationEnded():
                came["reached"] = event.status
    came["revision_ids"] = list(dict.fromkeys(came["revision_ids"]))
    return {**came, "deleted": deleted} if deleted else came


def without_values(words: Sequence[str]) -> list[str]:
    """A command line with the values of ``NAME=VALUE`` words and the passwords of URLs hidden."""
    return [_without_value(word) for word in words]


def _without_value(word: str) -> str:
    if "://" in word and not word.startswith("-"):
        url = urlsplit(word)
        host = url.hostname if url.username is None else f"{HIDDEN}@{url.hostname}"
        return f"{url.scheme}://{host}{f':{url.port}' if url.port else ''}"
    option, equals, value = word.partition("=")
    if not equals:
        return word
    return f"{option}={_without_value(value) if option.startswith('--') else HIDDEN}"


def path() -> Path:
    return state_dir() / "audit.jsonl"


def append(session: Session, entry: Entry) -> None:
    """One line, whole. A log that cannot be written does not keep an operator from an abort, but
    is said."""
    line = f"{json.dumps(entry, ensure_ascii=True)}\n".encode()
    try:
        path().parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line)
        finally:
            os.close(file)
    except OSError as error:
        session.terminal.insist(f"the audit log {path()} cannot be written: {error.strerror}")


def entries() -> list[Entry]:
    """Every change, newest first, each with what it came to. Raises UsageError."""
    try:
        lines = path().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UsageError(f"{path()} cannot be read", why=error.strerror) from error
    found: dict[str, Entry] = {}
    for number, line in enumerate(lines, start=1):
        entry = _parsed(line, number)
        known = found.pop(entry["id"], None)
        found[entry["id"]] = {**entry, "began": known["began"] if known else entry["at"]}
    return list(found.values())[::-1]


def _parsed(line: str, number: int) -> Entry:
    try:
        entry: Entry = json.loads(line)
        if "id" in entry and "at" in entry:
            return entry
    except ValueError as error:
        raise _spoilt(number, str(error)) from error
    raise _spoilt(number, "it has no id or no time")


def _spoilt(number: int, why: str) -> UsageError:
    return UsageError(f"line {number} of {path()} is not of the audit log", why=why)
