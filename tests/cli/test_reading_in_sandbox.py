"""The reading commands on an account in which a stack was really deployed twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdactl.sandbox.open import Sandbox
from tests.cli.conftest import Run

FAST = ("-p", "DeploymentPreferenceType=AllAtOnce")


def rows(cli: Run, *words: str) -> list[dict[str, Any]]:
    said = cli(*words, "-o", "jsonl", "-q")
    assert said.code == 0, said.err
    return [json.loads(line) for line in said.out.splitlines()]


def test_what_was_deployed_is_told_by_each_of_them(
    cli: Run, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    for release in ("first", "second"):
        assert cli("deploy", "-y", "-q", "-p", f"Release={release}", *FAST).code == 0
    sandbox.account.services["lambda"].invocations.logs.flush()

    (member,) = rows(cli, "list", "-a", "prod")
    assert (member["state"], member["alias"]["routing"]["stable"]) == ("DONE", 2)
    hooks = {r["function"] for r in rows(cli, "list", "-a", "prod", "--all")} - {member["function"]}
    assert len(hooks) == 2

    told = rows(cli, "events", "--since", "7d")
    assert told == sorted(told, key=lambda e: e["at"], reverse=True)
    kinds = {e["event"] for e in told}
    assert {"VersionPublished", "DeploymentStarted", "DeploymentEnded", "StackEventSeen"} <= kinds
    assert "PartUnread" not in kinds

    difference = json.loads(cli("diff", "1", "2", "-o", "json", "-q").out)["data"]
    changed = [(d["area"], d["name"]) for d in difference["differences"]]
    assert ("environment", "RELEASE") in changed
    assert "second" not in json.dumps(
        [d for d in difference["differences"] if d["area"] == "environment"]
    )

    lines = rows(cli, "logs", "--version", "2", "--since", "7d")
    assert any("Version: 2" in line["message"] for line in lines)
    assert not any("Version: 1" in line["message"] for line in lines)

    service = member["function"]
    deep = cli("prune", "-f", f"{service}:prod", "--keep", "2", "--deep", "-n")
    assert (deep.code, "skip" in deep.out) == (0, False), deep.out

    changes = json.loads(cli("audit", "-o", "json").out)["data"]
    made = [c["actions"][0].split()[0] for c in changes if c["verb"] == "prepare"]
    assert sorted(set(made)) == ["CreateBucket", "CreateChangeSet", "PutObject"]
    ended = [c for c in changes if c["verb"] != "prepare"]
    assert [(c["verb"], c["reached"], c["outcome"]) for c in ended] == [
        ("deploy", "UPDATE_COMPLETE", "done"),
        ("deploy", "CREATE_COMPLETE", "done"),
    ]
