"""A session that looks for what it needs only finds what any other session finds."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path

import botocore.session
import pytest
from botocore.exceptions import UnknownServiceError

from lambdactl.aws import service_models
from lambdactl.aws.service_models import NearLoader, session


@pytest.mark.parametrize(
    ("service", "listing"),
    [
        ("lambda", "list_functions"),
        ("codedeploy", "batch_get_deployments"),
        ("logs", "filter_log_events"),
        ("s3", "list_objects_v2"),
        ("sts", "get_caller_identity"),
    ],
)
def test_a_client_is_the_one_that_botocore_makes(service: str, listing: str) -> None:
    ours = session().create_client(service, region_name="eu-west-1")
    theirs = botocore.session.get_session().create_client(service, region_name="eu-west-1")
    assert ours.meta.endpoint_url == theirs.meta.endpoint_url
    assert ours.meta.service_model.operation_names == theirs.meta.service_model.operation_names
    assert ours.can_paginate(listing) == theirs.can_paginate(listing)
    assert ours.waiter_names == theirs.waiter_names


def test_only_the_folder_of_the_service_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: set[str] = set()
    listed = os.listdir

    def listing(place: str) -> list[str]:
        looked.add(Path(place).name)
        return listed(place)

    monkeypatch.setattr(os, "listdir", listing)
    monkeypatch.setattr(service_models, "_made", lru_cache(NearLoader))
    session().create_client("lambda", region_name="eu-west-1")
    assert looked == {"lambda"}


def test_models_are_read_once_whatever_account_is_gone_to() -> None:
    one, other = (session().get_component("data_loader") for _ in range(2))
    assert one is other
    assert len(set(one.search_paths)) == len(one.search_paths)


def test_a_service_that_is_not_there_is_unknown() -> None:
    with pytest.raises(UnknownServiceError):
        session().create_client("no-such-service", region_name="eu-west-1")


def test_models_of_ones_own_are_found_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "ours" / "2020-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps({"metadata": {"serviceId": "ours"}}))
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    loader = session().get_component("data_loader")
    assert loader.load_service_model("ours", "service-2")["metadata"] == {"serviceId": "ours"}
