"""Opening an account: its services, its clock, and the port it listens on.

::

    with Sandbox(speed=60) as sandbox:
        os.environ.update(sandbox.environment())   # any AWS client now finds it
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from lambdactl.sandbox.account import ACCESS_KEY_ID, SECRET_ACCESS_KEY, Account
from lambdactl.sandbox.clock import Clock, RunningClock
from lambdactl.sandbox.door import Door
from lambdactl.sandbox.faults import Faults
from lambdactl.sandbox.http import Server
from lambdactl.sandbox.journal import Journal
from lambdactl.sandbox.quotas import Quotas

SERVICES = {
    "lambda": "lambdactl.sandbox.functions:LambdaService",
    "codedeploy": "lambdactl.sandbox.codedeploy:CodeDeployService",
    "cloudwatch": "lambdactl.sandbox.cloudwatch:CloudWatchService",
    "apigateway": "lambdactl.sandbox.restapi:RestApiService",
    "cloudformation": "lambdactl.sandbox.cloudformation:CloudFormationService",
    "apigatewayv2": "lambdactl.sandbox.httpapi:HttpApiService",
    "cloudcontrol": "lambdactl.sandbox.cloudcontrol:CloudControlService",
    "cognito-idp": "lambdactl.sandbox.cognito:CognitoService",
    "iam": "lambdactl.sandbox.simulation:SimulationService",
    "sts": "lambdactl.sandbox.identity:IdentityService",
}
"""The account's own services, by botocore's names; the rest is behind moto."""

MakeService = Callable[[Account], Any]


def open_account(clock: Clock, *, services: Mapping[str, MakeService] | None = None) -> Account:
    """A new, empty account that lives by ``clock``.

    ``services`` replaces the account's own services: botocore's names to what makes each of them
    from the account.
    """
    account = Account(clock, Door)
    if services is None:
        services = {name: _maker(address) for name, address in SERVICES.items()}
    for name, make in services.items():
        account.services.setdefault(name, make(account))
    return account


def _maker(address: str) -> MakeService:
    module, _, name = address.partition(":")
    make: MakeService = getattr(importlib.import_module(module), name)
    return make


def close_account(account: Account) -> None:
    """End what the account's services have running, and then its clock."""
    for service in account.services.values():
        if hasattr(service, "close"):
            service.close()
    account.clock.close()
    account.door.close()


class Sandbox:
    """An account that listens on ``127.0.0.1``, until :meth:`close`.

    ``port`` 0 takes a free one, a taken one is an :class:`OSError`; ``speed`` is account seconds to
    a wall second; a ``clock`` of your own (a ManualClock) takes the place of the running one, and
    then Lambda does not throttle, nor without ``limits``. ``seed`` makes chance repeatable: which
    calls a fault strikes, and which version of an alias a call runs. ``metric_delay`` is how many
    account seconds a service's metrics come late, as CloudWatch's do by one to three minutes.
    """

    def __init__(
        self,
        port: int = 0,
        speed: float = 1.0,
        clock: Clock | None = None,
        *,
        services: Mapping[str, MakeService] | None = None,
        strict: bool = False,
        limits: bool = True,
        seed: int | None = None,
        metric_delay: float = 0.0,
    ) -> None:
        self._server = Server(port)
        running = clock or RunningClock(speed)
        try:
            self.account = open_account(running, services=services)
        except BaseException:
            running.close()
            self._server.close()
            raise
        self.account.door.strict |= strict
        if seed is not None:
            self._seed(seed)
        if metric_delay:
            self.account.services["cloudwatch"].delay_s = metric_delay
        if clock is None and limits:
            self.account.door.quotas = Quotas(self.account.clock.now)
        self.account.endpoint = self._server.endpoint
        self.speed = speed
        self._server.start(self.account.door.handle)

    @property
    def endpoint(self) -> str:
        """``http://127.0.0.1:<port>``"""
        return self._server.endpoint

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def door(self) -> Door:
        return self.account.door

    @property
    def faults(self) -> Faults:
        """What goes wrong on purpose."""
        return self.door.faults

    @property
    def journal(self) -> Journal:
        """Every call that came through the door."""
        return self.door.journal

    def _seed(self, seed: int) -> None:
        self.door.faults.reseed(seed)
        functions = self.account.services.get("lambda")
        if functions is not None:
            functions.invocations.seed(seed)

    def environment(self) -> dict[str, str]:
        """The variables that lead any AWS client here."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
            "AWS_REGION": self.account.region,
            "AWS_DEFAULT_REGION": self.account.region,
        }

    def client(self, service: str) -> Any:
        """A boto3 client of ``service`` that goes through the door without the socket."""
        from lambdactl.sandbox import inside

        return inside.boto3_client(self.door.handle, service, self.account.region)

    def close(self) -> None:
        """End the server, the services with their workers, and the clock."""
        self._server.close()
        close_account(self.account)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
