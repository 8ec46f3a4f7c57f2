"""An Aws whose clients answer from a script; botocore's Stubber checks the exact requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from botocore.stub import Stubber

from lambdactl.aws import Aws, connect

ACCOUNT = "123456789012"
ARN = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:checkout"


class Script:
    """``expect`` a call with exactly these parameters; ``fails`` with a code instead."""

    def __init__(self) -> None:
        self.aws: Aws = connect(region="eu-west-1", access_key="AKIA", secret_key="secret")
        self._stubbers: dict[tuple[str, bool], Stubber] = {}
        self._open = ExitStack()

    def _stubber(self, service: str, writes: bool) -> Stubber:
        if (service, writes) not in self._stubbers:
            stubber = Stubber(self.aws.client(service, writes=writes))
            self._stubbers[service, writes] = self._open.enter_context(stubber)
        return self._stubbers[service, writes]

    def expect(
        self,
        service: str,
        operation: str,
        params: dict[str, Any] | None,
        answer: dict[str, Any],
        *,
        writes: bool = False,
        date: str | None = None,
    ) -> None:
        headers = {"date": date} if date else {}
        metadata = {"ResponseMetadata": {"HTTPHeaders": headers, "HTTPStatusCode": 200}}
        self._stubber(service, writes).add_response(operation, {**metadata, **answer}, params)

    def fails(
        self,
        service: str,
        operation: str,
        code: str,
        *,
        message: str = "said AWS",
        status: int = 400,
        writes: bool = False,
    ) -> None:
        self._stubber(service, writes).add_client_error(
            operation,
            service_error_code=code,
            service_message=message,
            http_status_code=status,
            response_meta={"RequestId": "r-1"},
        )

    def finish(self) -> None:
        for stubber in self._stubbers.values():
            stubber.assert_no_pending_responses()
        self._open.close()
        self.aws.close()


@pytest.fixture
def script() -> Iterator[Script]:
    """Every expected call must have been made by the end of the test."""
    made = Script()
    yield made
    made.finish()


def denied(action: str) -> str:
    return f"User: arn:aws:iam::{ACCOUNT}:user/op is not authorized to perform: {action} on x"
