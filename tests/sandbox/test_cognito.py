"""An account without user pools says so, and that none can be made."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from lambdactl.sandbox.open import Sandbox


def test_there_are_no_user_pools_and_none_can_be_made(sandbox: Sandbox) -> None:
    client = sandbox.client("cognito-idp")
    assert client.list_user_pools(MaxResults=60)["UserPools"] == []
    with pytest.raises(ClientError, match="has no CreateUserPool of cognito-idp") as refused:
        client.create_user_pool(PoolName="people")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
