"""The operations on applications and deployment configs."""

from __future__ import annotations

from typing import Any

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.clock import moment
from lambdactl.sandbox.codedeploy.configs import PREFIX, Config, custom
from lambdactl.sandbox.codedeploy.paging import page
from lambdactl.sandbox.codedeploy.records import Application, Ledger
from lambdactl.sandbox.codedeploy.refusals import no_config, only_lambda, refused, too_many
from lambdactl.sandbox.tags import TagBook

MOST_AT_ONCE = 100


class Applications:
    """Applications: names that hold groups and revisions together."""

    account: Account
    ledger: Ledger
    tags: TagBook

    def create_application(self, params: dict[str, Any]) -> dict[str, Any]:
        """AWS takes Server where no platform is named; the sandbox has Lambda only and says so."""
        name, platform = params["applicationName"], params.get("computePlatform", "Server")
        if platform != "Lambda":
            raise only_lambda(platform)
        with self.account.lock:
            if name in self.ledger.applications:
                raise refused("ApplicationAlreadyExists", f"Application already exists: {name}")
            made = Application(self.account.new_id(), name, self.account.clock.now())
            self.ledger.applications[name] = made
            self.tags.add(f"application:{name}", params.get("tags") or ())
            return {"applicationId": made.id}

    def get_application(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            return {"application": _described(self.ledger.application(params["applicationName"]))}

    def batch_get_applications(self, params: dict[str, Any]) -> dict[str, Any]:
        names = params["applicationNames"]
        if len(names) > MOST_AT_ONCE:
            raise too_many(MOST_AT_ONCE)
        with self.account.lock:
            found = [_described(self.ledger.application(name)) for name in names]
            return {"applicationsInfo": found}

    def list_applications(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            return page("applications", list(self.ledger.applications), params)

    def update_application(self, params: dict[str, Any]) -> dict[str, Any]:
        old, new = params.get("applicationName"), params.get("newApplicationName")
        if not old:
            raise refused("ApplicationNameRequired", "The application name was not specified")
        with self.account.lock:
            application = self.ledger.application(old)
            if not new or new == old:
                return {}
            if new in self.ledger.applications:
                raise refused("ApplicationAlreadyExists", f"Application already exists: {new}")
            application.name = new
            self.ledger.applications[new] = self.ledger.applications.pop(old)
            for deployment in self.ledger.deployments.values():
                if deployment.application == old:
                    deployment.application = new
        return {}

    def delete_application(self, params: dict[str, Any]) -> dict[str, Any]:
        """With its groups; an application that is not there is no error. [M: no such error]"""
        with self.account.lock:
            self.ledger.applications.pop(params["applicationName"], None)
            self.tags.forget(f"application:{params['applicationName']}")
        return {}


class Configs:
    """Deployment configs: AWS's, which cannot be changed, and the account's own."""

    account: Account
    ledger: Ledger

    def create_deployment_config(self, params: dict[str, Any]) -> dict[str, Any]:
        platform, name = params.get("computePlatform", "Server"), params["deploymentConfigName"]
        if platform != "Lambda":
            raise only_lambda(platform)
        with self.account.lock:
            if name in self.ledger.configs:
                raise refused("DeploymentConfigAlreadyExists", f"The config {name} already exists")
            config = custom(params, self.account.new_id(), self.account.clock.now())
            self.ledger.configs[name] = config
            return {"deploymentConfigId": config.id}

    def get_deployment_config(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            config = self.ledger.config(params["deploymentConfigName"])
        info = {**config.described(), "createTime": moment(config.created)}
        return {"deploymentConfigInfo": info}

    def list_deployment_configs(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            return page("deploymentConfigsList", list(self.ledger.configs), params)

    def delete_deployment_config(self, params: dict[str, Any]) -> dict[str, Any]:
        name = params["deploymentConfigName"]
        if name.startswith(PREFIX):
            raise refused("InvalidOperation", f"The config {name} cannot be deleted")
        with self.account.lock:
            config = self.ledger.configs.get(name)
            if config is None:
                raise no_config(name)
            if self._is_used(config):
                raise refused("DeploymentConfigInUse", f"The config {name} is still in use")
            del self.ledger.configs[name]
        return {}

    def _is_used(self, config: Config) -> bool:
        return any(
            group.settings["deploymentConfigName"] == config.name
            for application in self.ledger.applications.values()
            for group in application.groups.values()
        )


def _described(application: Application) -> dict[str, Any]:
    return {
        "applicationId": application.id,
        "applicationName": application.name,
        "createTime": moment(application.created),
        "linkedToGitHub": False,
        "computePlatform": "Lambda",
    }
