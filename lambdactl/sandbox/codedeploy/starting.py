"""Starting deployments, and the rollbacks that follow some of them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.codedeploy.appspec import AppSpec
from lambdactl.sandbox.codedeploy.configs import ALL_AT_ONCE
from lambdactl.sandbox.codedeploy.endings import Ended
from lambdactl.sandbox.codedeploy.records import Deployment, Ledger, Stop
from lambdactl.sandbox.codedeploy.revisions import content_of, register
from lambdactl.sandbox.codedeploy.rollout import Rollout
from lambdactl.sandbox.codedeploy.shifting import AsRole


class Starter:
    """Puts deployments on the clock.

    ``denied`` are IAM actions that every deployment's service role lacks: a fault to rehearse with.
    """

    def __init__(self, account: Account, ledger: Ledger) -> None:
        self._account = account
        self._ledger = ledger
        self.denied: set[str] = set()

    def start(self, deployment: Deployment) -> None:
        self._ledger.deployments[deployment.id] = deployment
        api = AsRole(self._account, self.denied)
        rollout = Rollout(self._account, api, deployment, self._content, self._ended)
        self._account.clock.spawn(rollout.run())

    def stop(self, deployment: Deployment, rolls_back: bool | None) -> None:
        """Ask the process of ``deployment`` to stop; the first who asks says what follows."""
        deployment.stop = deployment.stop or Stop(rolls_back)

    def _content(self, deployment: Deployment) -> str | None:
        application = self._ledger.applications.get(deployment.application)
        return content_of(self._account, deployment.revision) if application else None

    def _ended(self, deployment: Deployment, ending: Ended | None) -> None:
        if ending is not None and deployment.undoes is None and _rolls_back(deployment, ending):
            self._roll_back(deployment)

    def _roll_back(self, failed: Deployment) -> None:
        """A second deployment takes the alias back: all at once, without hooks and alarms. [V]

        It also follows the first deployment of a group, which has no revision to go back to but
        the version it came from [?]; it does not follow one whose AppSpec was never followed. [?]
        """
        spec = failed.spec
        if spec is None:
            failed.rollback_message = "The deployment moved no traffic: there is nothing to undo."
            return
        back = AppSpec(spec.function, spec.alias, current=spec.target, target=spec.current)
        rollback = Deployment(
            id=f"d-{self._account.token()}",
            application=failed.application,
            group=failed.group,
            config=self._ledger.configs[ALL_AT_ONCE],
            revision=self._register(failed, back),
            created=self._account.clock.now(),
            creator="codeDeployRollback",
            role=failed.role,
            # It must not be stopped by what it is to cure.
            alarms={},
            auto_rollback={"enabled": False, "events": []},
            external_id=failed.external_id,
            previous_revision=failed.previous_revision,
            undoes=failed,
            spec=back,
        )
        failed.undone_by = rollback.id
        failed.rollback_message = (
            f"Deployment {failed.id} terminated. Automatic rollback is triggered with a "
            f"DeploymentId {rollback.id}."
        )
        rollback.rollback_message = (
            f"Deployment {rollback.id} is triggered to roll back deployment {failed.id}."
        )
        self.start(rollback)

    def _register(self, failed: Deployment, spec: AppSpec) -> dict[str, Any]:
        content = written(spec)
        sha = hashlib.sha256(content.encode()).hexdigest()
        location = {
            "revisionType": "AppSpecContent",
            "appSpecContent": {"content": content, "sha256": sha},
        }
        application = self._ledger.applications.get(failed.application)
        if application is not None:
            register(application, location, self._account.clock.now(), failed.group)
        return location


def _rolls_back(deployment: Deployment, ending: Ended) -> bool:
    """Whoever stops a deployment may say yes or no; else the group's events decide. [M, ?]"""
    asked = deployment.stop.rolls_back if deployment.stop is not None else None
    if asked is not None and ending.trigger == "DEPLOYMENT_STOP_ON_REQUEST":
        return asked
    auto = deployment.auto_rollback
    return bool(auto.get("enabled")) and ending.trigger in (auto.get("events") or ())


def written(spec: AppSpec) -> str:
    """The AppSpec as JSON."""
    properties = {
        "Name": spec.function,
        "Alias": spec.alias,
        "CurrentVersion": spec.current,
        "TargetVersion": spec.target,
    }
    resource = {"Type": "AWS::Lambda::Function", "Properties": properties}
    return json.dumps({"version": 0.0, "Resources": [{spec.function: resource}]})
