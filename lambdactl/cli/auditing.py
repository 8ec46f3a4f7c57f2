"""What a change leaves in the audit log: a line before its first call, and one when it is over.

So a change whose process was killed is not missing. A line holds names, numbers, ids and error
codes of AWS. It never holds a value that somebody typed as ``NAME=VALUE`` (parameters may be
secret), nor the text of an AWS error (which may repeat them), nor anything of an environment.
"""

from __future__ import annotations

import secrets
import socket
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from lambdactl.cli.audit_log import SESSION, STARTED, Entry, append
from lambdactl.cli.movers import naming_mover
from lambdactl.cli.session import Session
from lambdactl.errors import LambdactlError
from lambdactl.ops.events import AliasMoved, AliasVerified, VersionDeleted
from lambdactl.ops.stack_events import (
    ArtifactUploaded,
    BucketMade,
    ChangeSetCreated,
    DeployEvent,
    SeenOf,
    StackOperationEnded,
)
from lambdactl.plan.actions import ExecuteChangeSet, Plan, UpdateAlias
from lambdactl.render.document import routing
from lambdactl.render.numbers import iso

if TYPE_CHECKING:
    from lambdactl.plan.actions import Action

E = TypeVar("E", bound=DeployEvent)
HIDDEN = "***"


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
    return {
        # Before a stack is there, its plan knows its function by a logical id only.
        "target": f"stack {stack}" if stack else str(plan.target),
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
        match event.event if isinstance(event, SeenOf) else event:
            case AliasMoved(after=after, revision_id=revision):
                came["reached"] = routing(after)
                came["revision_ids"].append(revision)
            case AliasVerified(routing=verified, revision_id=revision):
                came["reached"] = routing(verified)
                came["revision_ids"].append(revision)
            case VersionDeleted(function=function, version=number):
                deleted.append(f"{function}:{number}")
            case StackOperationEnded(status=status):
                came["reached"] = status
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
