"""``deploy`` up to the question: package, upload, have the change set worked out, plan it.

A command calls :func:`prepare_deploy`, shows ``prepared.plan``, asks, and then either iterates over
:func:`~lambdactl.ops.stacking.execute_deploy` or calls :func:`discard_deploy`. Up to there nothing
has changed in the account but the bucket; whatever ends the preparation early, Ctrl-C included,
takes the change set away again.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lambdactl.aws import artifacts, buckets, change_sets, stacks
from lambdactl.aws.builds import refuse_unbuilt
from lambdactl.aws.parameters import parameters_for, refuse_long_names, refuse_stack_name
from lambdactl.aws.sources import Source, local_sources, relocated
from lambdactl.aws.templates import MAX_BYTES, Template, read_template, written
from lambdactl.errors import LambdactlError, NotFound, PermissionDenied, UsageError
from lambdactl.model import Place, Snapshot, Target
from lambdactl.model_stack import AliasRule, ChangeSet, Resource, StackState
from lambdactl.ops.looking_back import release_notes
from lambdactl.ops.stack_events import (
    ArtifactUnchanged,
    ArtifactUploaded,
    BucketMade,
    ChangeSetCreated,
    ChangeSetDiscarded,
    Step,
)
from lambdactl.plan.actions import Plan
from lambdactl.plan.deploy import ALIAS, Seen, plan_deploy

if TYPE_CHECKING:
    from lambdactl.aws import Aws

CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
"""Roles without names of their own, and transforms. Named roles must be agreed to by the caller."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A deploy that waits for a yes. ``plan.actions`` is empty where there is nothing to deploy."""

    plan: Plan
    change_set: ChangeSet
    state: StackState | None
    """The stack as it was; None where the deploy makes it."""
    bucket: str
    snapshots: Mapping[str, Snapshot]
    """The stack's aliases before the deploy, by logical id: what the rollout is compared with."""


def ignore(_step: Step) -> None:
    """Nobody listens."""


def prepare_deploy(
    aws: Aws,
    template: Path,
    stack: str,
    parameters: Mapping[str, str],
    *,
    make_bucket: Callable[[str], bool],
    bucket: str | None = None,
    capabilities: Sequence[str] = CAPABILITIES,
    tags: Mapping[str, str] | None = None,
    tell: Callable[[Step], None] = ignore,
    sleep: Callable[[float], None] = time.sleep,
) -> Prepared:
    """Package ``template``, upload what is new, and plan the change set of ``stack``.

    ``make_bucket(name)`` is asked before a bucket is made; False ends in NotConfirmed. ``bucket``
    names one that exists instead. Parameters that are not given keep the value they have. ``tell``
    hears of each step as it is done.

    Raises UsageError (a bad template, parameter or name), Refused (code that needs a build, a stack
    that cannot be updated, an alias that CodeDeploy could not move), and what AWS says.
    """
    local = packaged(template, stack)
    place, state = aws.place(), stacks.stack_state(aws, stack)
    stacks.refuse_state(state)
    chosen = parameters_for(local.template, parameters, state)
    name = find_bucket(aws, place, bucket, make_bucket, tell)
    body = upload(aws, place, name, local, tell)
    wanted = change_sets.Wanted(
        stack=stack,
        creates=state is None,
        template_url=buckets.url_of(place, name, body),
        template=str(template),
        parameters=chosen,
        capabilities=capabilities,
        tags=tags or {},
    )
    return planned(aws, place, name, state, wanted, tell, sleep)


def discard_deploy(aws: Aws, prepared: Prepared) -> ChangeSetDiscarded | None:
    """Take an unexecuted change set away. None for one without changes, which is gone already."""
    if not prepared.plan.actions:
        return None
    change_set = prepared.change_set
    with_stack = change_sets.discard(aws, change_set)
    return ChangeSetDiscarded(aws.now(), change_set.stack, change_set.name, with_stack)


@dataclass(frozen=True, slots=True)
class Local:
    """What is to be sent, before AWS is asked anything."""

    template: Template
    sources: tuple[Source, ...]
    artifacts: tuple[artifacts.Artifact, ...]


def packaged(path: Path, stack: str) -> Local:
    refuse_stack_name(stack)
    template = read_template(path)
    refuse_long_names(template, stack)
    sources = local_sources(template)
    refuse_unbuilt(template, sources)
    return Local(template, sources, artifacts.artifacts_of(sources))


def find_bucket(
    aws: Aws,
    place: Place,
    wanted: str | None,
    make_bucket: Callable[[str], bool],
    tell: Callable[[Step], None],
) -> str:
    name = wanted or buckets.bucket_name(place)
    if buckets.bucket_exists(aws, place, name):
        return name
    if wanted is not None:
        raise buckets.missing_bucket(name, place)
    if not make_bucket(name):
        raise buckets.not_made(name)
    buckets.make_bucket(aws, place, name)
    tell(BucketMade(aws.now(), name))
    return name


def upload(aws: Aws, place: Place, bucket: str, local: Local, tell: Callable[[Step], None]) -> str:
    """Send what the bucket lacks; the key of the template, which names it all."""
    owner = place.account_id
    for artifact in local.artifacts:
        stored = artifacts.store(aws, bucket, owner, artifact)
        if stored.sent is None:
            tell(ArtifactUnchanged(aws.now(), artifact.written, bucket, artifact.key))
        else:
            key, sent = artifact.key, stored.sent
            tell(ArtifactUploaded(aws.now(), artifact.written, bucket, key, sent))
    places = {a.path: (bucket, a.key) for a in local.artifacts}
    content = written(relocated(local.template, places, local.sources))
    if len(content) > MAX_BYTES:
        raise UsageError(
            f"{local.template.path} is too big for CloudFormation: {len(content)} bytes",
            why=f"at most {MAX_BYTES} bytes",
            hint="split it into more than one stack",
        )
    return artifacts.put_template(aws, bucket, owner, content)


def planned(
    aws: Aws,
    place: Place,
    bucket: str,
    state: StackState | None,
    wanted: change_sets.Wanted,
    tell: Callable[[Step], None],
    sleep: Callable[[float], None],
) -> Prepared:
    name = f"lambdactl-{aws.now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    created = change_sets.create(aws, wanted, name)
    try:
        change_set = change_sets.worked_out(aws, wanted, created, sleep=sleep)
        tell(ChangeSetCreated(aws.now(), wanted.stack, name, len(change_set.changes)))
        return judged(aws, place, bucket, state, change_set)
    except BaseException as error:
        # Ctrl-C as well: an unexecuted change set is nothing that anybody should find later.
        try:
            change_sets.discard_by_id(aws, wanted, created)
        except LambdactlError as left:
            error.add_note(f"the change set {name} of stack {wanted.stack} was left: {left}")
        raise


def judged(
    aws: Aws, place: Place, bucket: str, state: StackState | None, change_set: ChangeSet
) -> Prepared:
    found = stacks.resources(aws, change_set.stack_id) if state is not None else ()
    rules = read_rules(aws, change_set) if change_set.changes else None
    snapshots = look_at_aliases(aws, found)
    plan = plan_deploy(Seen(place, change_set, state, rules, snapshots))
    plan = replace(plan, notes=(*plan.notes, *release_notes(aws, plan)))
    return Prepared(plan, change_set, state, bucket, snapshots)


def read_rules(aws: Aws, change_set: ChangeSet) -> tuple[AliasRule, ...] | None:
    """None where the template may not be read, or cannot be at this endpoint."""
    try:
        return stacks.alias_rules(aws, change_set.stack, change_set.id)
    except PermissionDenied:
        return None
    except LambdactlError as error:
        if error.aws_code not in ("InternalFailure", "NotImplemented"):
            raise
        return None


def look_at_aliases(aws: Aws, found: tuple[Resource, ...]) -> dict[str, Snapshot]:
    """One look at each alias of the stack, by logical id."""
    aliases = {r.logical_id: stacks.target_of(r.physical_id) for r in found if r.type == ALIAS}
    looks = {name: look(aws, target) for name, target in aliases.items() if target is not None}
    return {name: snapshot for name, snapshot in looks.items() if snapshot is not None}


def look(aws: Aws, target: Target) -> Snapshot | None:
    """None where the function was deleted behind the stack's back: its routing is unknown then."""
    try:
        return aws.snapshot(target, metrics=False)
    except NotFound:
        return None
