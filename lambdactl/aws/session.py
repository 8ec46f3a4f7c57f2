"""``connect()`` and what it gives: an account in one region, as reads and a few careful writes.

Nothing is asked and boto3 is not even imported until the first read, nor are the modules of the
other reads: a command that makes one call pays for one. ``Aws`` is safe to use from several
threads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lambdactl.aws import reads
from lambdactl.aws.door import Door
from lambdactl.aws.limiter import Limiter
from lambdactl.aws.parts import Parts
from lambdactl.model import (
    Alias,
    Deployment,
    DeploymentConfig,
    Metrics,
    Place,
    Routing,
    Snapshot,
    Target,
    Unread,
    Version,
    VersionUse,
)
from lambdactl.model_storage import LayerVersion, Storage

if TYPE_CHECKING:
    from lambdactl.aws import fleet, history
    from lambdactl.model_configuration import Configuration, Listed, LogLine, RedAlarm
    from lambdactl.model_history import AlarmChange, AlarmRule, Endings, Metric, Traffic
    from lambdactl.model_stack import StackEvent

RUNNING_S = 2.0
"""How long a look at the region's deployments holds: less than they need to shift anything."""


class Aws(Door):
    """One account in one region. Every method raises errors of :mod:`lambdactl.errors` only."""

    def place(self) -> Place:
        """The account and region; remembered. See :mod:`lambdactl.aws.caller`."""
        return self.caller.place()

    def caller_arn(self) -> str:
        """Who we are to AWS, from STS; remembered."""
        return self.caller.arn()

    def now(self) -> datetime:
        """AWS's clock, UTC: see :mod:`lambdactl.aws.clock`."""
        return self.clock.now()

    def snapshot(
        self,
        target: Target,
        *,
        metrics: bool = True,
        window_s: int = 1800,
        storage: bool = False,
        to: int | None = None,
        checks: bool = False,
        inventory: bool = False,
        afresh: bool = False,
        rollout: bool = True,
        versions: bool = True,
    ) -> Snapshot:
        """One look at ``target``: some seven calls, three of them to Lambda.

        ``to`` and ``checks`` read also what ``plan_shift`` and ``plan_promote`` check: the state of
        version ``to``, and provisioned concurrency. ``checks`` alone is for a console: the state is
        the canary's or the newest version's, and both may be 15 seconds old. ``inventory`` reads
        what ``plan_prune`` must know, some 8 versions a second. ``afresh`` looks for deployment
        groups even if a moment ago there were none, as ``to`` and ``inventory`` do. Without
        ``rollout`` CodeDeploy is not asked: for lists, never before a decision. Nor are without
        ``versions`` those that are published: for what is about a rollout's guards alone.

        Raises NotFound where there is no such function; a missing alias is ``alias=None``, what
        could not be read is in ``unread``.
        """
        from lambdactl.aws import snapshot

        wanted = snapshot.Wanted(
            metrics, window_s, storage, to, checks, inventory, afresh, rollout, versions
        )
        return snapshot.look(self, self.place(), target, wanted)

    def functions(self) -> tuple[str, ...]:
        """The names of all functions: for pickers."""
        return reads.functions(self)

    def function_pages(self) -> Iterator[tuple[Listed, ...]]:
        """All functions with when they were changed, a page at a time."""
        return reads.listed(self)

    def aliases(self, function: str) -> tuple[Alias, ...]:
        """Every alias of a function; NotFound where there is no such function."""
        return reads.aliases(self, function)

    def tags(self, function: str) -> Mapping[str, str]:
        """The function's tags, CloudFormation's too; NotFound where there is no such function."""
        return reads.tags(self, function)

    def alias(self, target: Target) -> Alias:
        """One alias, read afresh; NotFound where there is none."""
        return reads.alias(self, target)

    def storage(self) -> Storage:
        """Code storage of the account in this region, bytes."""
        return reads.storage(self)

    def deployment(self, deployment_id: str) -> Deployment:
        """One deployment with its lifecycle events; NotFound where there is none of this id."""
        from lambdactl.aws import deployments

        return deployments.get(self, deployment_id)

    def rollouts(self, target: Target, *, limit: int) -> tuple[Deployment, ...]:
        """The newest deployments that moved the alias, newest first, with their targets."""
        from lambdactl.aws import history

        return history.rollouts(self, target, limit=limit)

    def rollout(self, target: Target, deployment_id: str) -> Deployment:
        """One deployment of the alias; NotFound where there is none, or it is of another alias."""
        from lambdactl.aws import history

        return history.rollout(self, target, deployment_id)

    def past_metrics(
        self,
        target: Target,
        versions: Iterable[int],
        *,
        since: datetime,
        until: datetime,
        period_s: int,
        more: bool = False,
    ) -> Metrics:
        """What CloudWatch still holds of the versions behind the alias; ``more`` is for charts."""
        from lambdactl.aws import metrics

        return metrics.past_metrics(
            self, target, versions, since=since, until=until, period_s=period_s, more=more
        )

    def traffic(self, target: Target, *, days: int = 7) -> Traffic:
        """Calls and failed calls of the alias, by periods of 5 minutes."""
        from lambdactl.aws import history

        return history.traffic(self, target, now=self.now(), days=days)

    def config(self, name: str) -> DeploymentConfig:
        """The steps of a deployment config; NotFound where there is none of this name."""
        from lambdactl.aws import deployments

        return deployments.config(self, name)

    def alarm_rules(self, names: Sequence[str]) -> tuple[AlarmRule, ...]:
        """Alarms as rules that can be evaluated; NotFound names those that are gone."""
        from lambdactl.aws import alarm_rules

        return alarm_rules.rules(self, names)

    def alarm_changes(self, name: str, *, since: datetime) -> tuple[AlarmChange, ...]:
        """The changes of an alarm's state, newest first."""
        from lambdactl.aws import alarm_rules

        return alarm_rules.changes(self, name, since=since)

    def versions_called(self, target: Target) -> frozenset[int]:
        """The versions that were called through the alias in the past two weeks."""
        from lambdactl.aws import history

        return history.versions_called(self, target)

    def readings(
        self, wanted: Iterable[Metric], since: datetime, until: datetime
    ) -> history.Readings:
        """The datapoints of these metrics, each by the start of its period."""
        from lambdactl.aws import history

        return history.readings(self, wanted, since, until)

    def running(self, function: str) -> tuple[Deployment, ...]:
        """The deployments of the function's groups that have not ended, without their targets."""
        from lambdactl.aws import deployments, discovery

        return deployments.running(self, discovery.discover(self, function, afresh=True).groups)

    def configuration(self, function: str, version: int) -> Configuration:
        """All that is set for one version; the values of its environment are sealed."""
        from lambdactl.aws import configurations

        return configurations.configuration(self, function, version)

    def log_group(self, function: str, version: int) -> str:
        """Where one version logs to."""
        from lambdactl.aws import logs

        return logs.group_of(self, function, version)

    def log_lines(
        self,
        group: str,
        function: str,
        version: int | None,
        *,
        since: datetime,
        until: datetime,
        most: int | None = None,
    ) -> tuple[LogLine, ...]:
        """What one version, or every one, logged, oldest first, and no more than the first ``most``
        lines; NotFound where there is no such group."""
        from lambdactl.aws import logs

        return logs.lines(self, group, function, version, since=since, until=until, most=most)

    def hooks(self, deployment_id: str) -> Mapping[str, str]:
        """Lifecycle event -> the function that checks it; empty where a deployment has no hook."""
        from lambdactl.aws import hooks

        return hooks.hooks(self, deployment_id)

    def hook_group(self, hook: str) -> tuple[str, str]:
        """(name, log group) of a hook's function."""
        from lambdactl.aws import logs

        return logs.group_of_hook(self, hook)

    def red_alarms(self) -> tuple[RedAlarm, ...]:
        """Every alarm of the region that is in ALARM."""
        from lambdactl.aws import red_alarms

        return red_alarms.red_alarms(self)

    def stack_events(self, stack: str, *, since: datetime) -> tuple[StackEvent, ...]:
        """What happened to a stack, oldest first."""
        from lambdactl.aws import stack_log

        return stack_log.events_since(self, stack, since)

    def update_alias(self, target: Target, after: Routing, revision_id: str) -> Alias:
        """One UpdateAlias with its lock; Stale where somebody was faster."""
        from lambdactl.aws import mutations

        return mutations.update_alias(self, target, after, revision_id)

    def stop_deployment(self, deployment_id: str) -> Literal["Pending", "Succeeded"]:
        """StopDeployment with rollback; Stale where it has ended already."""
        from lambdactl.aws import mutations

        return mutations.stop_deployment(self, deployment_id)

    def report_hook(
        self, deployment_id: str, execution_id: str, status: Literal["Succeeded", "Failed"]
    ) -> None:
        """Answer in a waiting hook's stead; Stale where it has been answered already."""
        from lambdactl.aws import mutations

        mutations.report_hook(self, deployment_id, execution_id, status)

    def delete_version(self, function: str, version: int) -> int:
        """Delete one numbered version, no faster than the pace; AWS's status, 204 or 202."""
        from lambdactl.aws import mutations

        return mutations.delete_version(self, function, version)

    def delete_layer_version(self, layer: str, version: int) -> None:
        """Delete one layer version; one that is gone is no error."""
        from lambdactl.aws import mutations

        mutations.delete_layer_version(self, layer, version)

    def sweep(self) -> Iterator[fleet.Swept]:
        """Every version of every function of the account, fifty at a time."""
        from lambdactl.aws import fleet

        return fleet.sweep(self)

    def versions_of(self, function: str) -> fleet.Swept:
        """Every version of one function, as a page of the sweep has them."""
        from lambdactl.aws import fleet

        return fleet.versions_of(self, function)

    def stack_functions(self, stack: str) -> tuple[str, ...]:
        """The functions that a stack has made; NotFound where there is no such stack."""
        from lambdactl.aws import fleet

        return fleet.stack_functions(self, stack)

    def surroundings(self, *, searched: bool = False) -> fleet.Surroundings:
        """What needs versions and is read once for the whole account."""
        from lambdactl.aws import fleet

        return fleet.surroundings(self, searched=searched)

    def uses(
        self, function: str, versions: Sequence[Version], grace_s: float
    ) -> tuple[tuple[VersionUse, ...], tuple[Unread, ...]]:
        """What needs ``versions`` by their number and is read for one function, and what of that
        could not be read."""
        from lambdactl.aws import inventory

        parts = Parts()
        found = inventory.uses_of(self, function, versions, parts, now=self.now(), grace_s=grace_s)
        return tuple(found), tuple(parts.unread)

    def running_anywhere(self) -> tuple[Deployment, ...]:
        """Every deployment of the region that has not ended; a moment old at most."""
        from lambdactl.aws import fleet

        return self.remembered(
            "running", RUNNING_S, lambda: fleet.running(self), empty_ttl_s=RUNNING_S
        )

    def endings(self, *, within: timedelta, most: int) -> Endings:
        """How the last deployment of each alias ended that had one ``within``: one call where
        nothing has ended since the last look, see :mod:`lambdactl.aws.endings`."""
        from lambdactl.aws import endings

        return endings.endings(self, within=within, most=most)

    def pins(self, function: str) -> tuple[VersionUse, ...]:
        """What names versions of a function now: mappings, provisioned concurrency, async."""
        from lambdactl.aws import last_look

        return last_look.pins(self, function)

    def need(self, function: str, version: int) -> VersionUse | None:
        """What needs this one version now: its policy, durable executions, its state."""
        from lambdactl.aws import last_look

        return last_look.need(self, function, version)

    def stack_status(self, name: str) -> str | None:
        """UPDATE_COMPLETE, ...; None where there is no such stack."""
        from lambdactl.aws import fleet

        return fleet.stack_status(self, name)

    def layer_versions(self, known: Mapping[str, int]) -> Iterator[LayerVersion]:
        """Every layer version; ``known`` are sizes that need not be asked for."""
        from lambdactl.aws import layers

        return layers.layer_versions(self, known)

    def with_sharing(
        self, found: Sequence[LayerVersion], unused: Collection[str]
    ) -> tuple[LayerVersion, ...]:
        """``found``, with whether each of the ``unused`` ARNs is shared with others."""
        from lambdactl.aws import layers

        return layers.with_sharing(self, found, unused)

    def pace_together(self) -> AbstractContextManager[None]:
        """Inside, deletes and the looks between them at one rate: what is shared is their sum."""
        return self.buckets.shared()

    @property
    def deletes(self) -> Limiter:
        """The limiter that every delete passes."""
        return self.buckets.deletes


def connect(
    *,
    profile: str | None = None,
    region: str | None = None,
    endpoint_url: str | None = None,
    access_key: str | None = None,
    secret_key: str | None = None,
    known_accounts: Path | None = None,
    expects_account: str | None = None,
) -> Aws:
    """An account, by the same rules as every AWS tool where nothing is given. Asks nothing yet.

    ``known_accounts`` is a file where accounts are remembered between runs; ``expects_account`` the
    one that is meant, if it is known.
    """
    return Aws(
        profile=profile,
        region=region,
        endpoint_url=endpoint_url,
        access_key=access_key,
        secret_key=secret_key,
        known_accounts=known_accounts,
        expects_account=expects_account,
    )
