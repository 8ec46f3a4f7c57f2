"""``connect()`` and what it gives: an account in one region, as reads and a few careful writes.

Nothing is asked and boto3 is not even imported until the first read. ``Aws`` is safe to use from
several threads.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from lambdactl.aws import deployments, discovery, mutations, reads, snapshot
from lambdactl.aws.door import Door
from lambdactl.model import Alias, Deployment, Place, Routing, Snapshot, Storage, Target


class Aws(Door):
    """One account in one region. Every method raises errors of :mod:`lambdactl.errors` only."""

    def place(self) -> Place:
        """The account, from STS; remembered."""
        return self._identity()[0]

    def caller_arn(self) -> str:
        """Who we are to AWS, from STS; remembered."""
        return self._identity()[1]

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
    ) -> Snapshot:
        """One look at ``target``: some seven calls, three of them to Lambda.

        ``to`` and ``checks`` read also what ``plan_shift`` and ``plan_promote`` check: the state of
        version ``to``, and provisioned concurrency. ``checks`` alone is for a console: the state is
        the canary's or the newest version's, and both may be 15 seconds old. ``inventory`` reads
        what ``plan_prune`` must know, some 8 versions a second. ``afresh`` looks for deployment
        groups even if a moment ago there were none, as ``to`` and ``inventory`` do.

        Raises NotFound where there is no such function; a missing alias is ``alias=None``, what
        could not be read is in ``unread``.
        """
        wanted = snapshot.Wanted(metrics, window_s, storage, to, checks, inventory, afresh)
        return snapshot.look(self, self.place(), target, wanted)

    def functions(self) -> tuple[str, ...]:
        """The names of all functions: for pickers."""
        return reads.functions(self)

    def aliases(self, function: str) -> tuple[Alias, ...]:
        """Every alias of a function; NotFound where there is no such function."""
        return reads.aliases(self, function)

    def alias(self, target: Target) -> Alias:
        """One alias, read afresh; NotFound where there is none."""
        return reads.alias(self, target)

    def storage(self) -> Storage:
        """Code storage of the account in this region, bytes."""
        return reads.storage(self)

    def deployment(self, deployment_id: str) -> Deployment:
        """One deployment with its lifecycle events; NotFound where there is none of this id."""
        return deployments.get(self, deployment_id)

    def running(self, function: str) -> tuple[Deployment, ...]:
        """The deployments of the function's groups that have not ended, without their targets."""
        return deployments.running(self, discovery.discover(self, function, afresh=True).groups)

    def update_alias(self, target: Target, after: Routing, revision_id: str) -> Alias:
        """One UpdateAlias with its lock; Stale where somebody was faster."""
        return mutations.update_alias(self, target, after, revision_id)

    def stop_deployment(self, deployment_id: str) -> Literal["Pending", "Succeeded"]:
        """StopDeployment with rollback; Stale where it has ended already."""
        return mutations.stop_deployment(self, deployment_id)

    def delete_version(self, function: str, version: int) -> int:
        """Delete one numbered version, no faster than 5 a second; AWS's status, 204 or 202."""
        return mutations.delete_version(self, function, version)

    def _identity(self) -> tuple[Place, str]:
        return self.remembered("identity", float("inf"), self._ask_identity)

    def _ask_identity(self) -> tuple[Place, str]:
        answer = self.call("sts", "GetCallerIdentity", "your identity")
        arn: str = answer["Arn"]
        place = Place(
            account_id=answer["Account"],
            region=self.region or "",
            partition=arn.split(":")[1],
            endpoint=self.foreign_endpoint,
        )
        return place, arn


def connect(
    *,
    profile: str | None = None,
    region: str | None = None,
    endpoint_url: str | None = None,
    access_key: str | None = None,
    secret_key: str | None = None,
) -> Aws:
    """An account, by the same rules as every AWS tool where nothing is given. Asks nothing yet."""
    return Aws(
        profile=profile,
        region=region,
        endpoint_url=endpoint_url,
        access_key=access_key,
        secret_key=secret_key,
    )
