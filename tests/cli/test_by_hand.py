"""What was shifted by hand from this machine, told among the deployments."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from lambdactl.cli.audit_log import path
from lambdactl.errors import Stale
from lambdactl.model_history import AliasChange
from lambdactl.ops.passages import history
from tests.cli.conftest import Run
from tests.cli.past import LIVE, Answers
from tests.cli.shop import Shop
from tests.plan.samples import NOW, deployment


def test_what_was_changed_by_hand_stands_among_them(cli: Run, answers: Answers, shop: Shop) -> None:
    live = ("-f", "checkout:live")
    assert cli("shift", "--to", "42", "--weight", "10", *live, "--yes").code == 0
    shop.fail("update_alias", Stale("checkout:live has changed since it was read"))
    assert cli("abort", *live, "--yes", "--reason", "too slow").code == 5
    said = cli("deployments", *live)
    assert said.out == (
        "   DEPLOYMENT  STATUS     VERSIONS   BEGAN                TOOK  CONFIG"
        "                   HOW IT ENDED\n"
        "✖  abort       stale      v42 → v41  2026-11-20 14:00:00    0s  by hand"
        "                  asked for 90 → 100 %, by alice\n"
        "✔  shift       done       v41 → v42  2026-11-20 14:00:00    0s  by hand"
        "                  0 → 10 %, by alice\n"
        "✔  d-2         Succeeded  v42 → v41  2026-11-18 14:03:00    1m  AllAtOnce"
        "                rolls back d-1; v41 has all traffic\n"
        "↩  d-1         Stopped    v41 → v42  2026-11-18 14:00:00    3m  Canary10Percent5Minutes"
        "  ALARM_ACTIVE: alarm checkout-5xx; rolled back by d-2\n"
    )
    assert said.err.endswith(
        "by hand: from this machine's audit log; of other machines CloudTrail knows\n"
    )
    assert cli("deployments", *live, "-o", "name").out == "d-2\nd-1\n"
    told = json.loads(cli("deployments", *live, "-o", "json").out)
    assert [d["id"] for d in told["data"]] == ["d-2", "d-1"]
    abort, shift = told["changes_by_hand"]
    assert (abort["outcome"], abort["reached"], abort["reason"]) == ("stale", None, "too slow")
    assert shift["reached"] == {
        "stable": 41,
        "stable_weight_percent": 90.0,
        "canary": 42,
        "canary_weight_percent": 10.0,
    }
    assert shift["revision_ids"] == ["rev-0", "rev-0+"]


@pytest.mark.parametrize(
    ("limit", "shown", "part"),
    [("1", 1, "the newest 1 of 3, "), ("2", 2, "the newest 2 of 3, "), ("25", 3, "")],
)
def test_it_is_said_how_many_are_left_out(
    cli: Run, answers: Answers, limit: str, shown: int, part: str
) -> None:
    live = ("-f", "checkout:live")
    for weight in ("10", "20", "30"):
        assert cli("shift", "--to", "42", "--weight", weight, *live, "--yes").code == 0
    said = cli("deployments", "list", "--limit", limit, *live)
    assert said.out.count("by hand") == shown
    whose = "from this machine's audit log; of other machines CloudTrail knows"
    assert said.err.splitlines()[-1] == f"by hand: {part}{whose}"


def test_only_changes_of_this_alias_in_this_place(cli: Run, answers: Answers) -> None:
    ours = {"account_id": "123456789012", "region": "eu-west-1", "endpoint": None}
    entry = {
        **ours,
        "id": "a",
        "at": "2026-11-20T14:00:00Z",
        "verb": "shift",
        "target": "checkout:live",
        "outcome": "started",
    }
    others: list[dict[str, object]] = [
        {"region": "us-east-1"},
        {"account_id": "210987654321"},
        {"endpoint": "http://127.0.0.1:4566"},
        {"target": "checkout:beta"},
        {"verb": "prune"},
    ]
    lines = [entry, *({**entry, **other, "id": str(n)} for n, other in enumerate(others))]
    path().parent.mkdir(parents=True)
    path().write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    told = json.loads(cli("deployments", *LIVE, "-o", "json").out)["changes_by_hand"]
    assert [(c["id"], c["outcome"], c["ended"]) for c in told] == [("a", "started", None)]
    assert cli("deployments", *LIVE).out.splitlines()[1].split()[:5] == (
        ["?", "shift", "not", "ended", "-"]
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1 of "),
        ('{"id": "a", "at": "2026-11-20T14:00:00Z"}', None),
        (
            '{"id": "a", "at": "now", "verb": "shift", "target": "checkout:live", "endpoint": null,'
            ' "account_id": "123456789012", "region": "eu-west-1", "outcome": "done"}',
            "entry a of ",
        ),
    ],
)
def test_a_spoilt_audit_log_is_said_and_hides_no_deployment(
    cli: Run, answers: Answers, line: str, said: str | None
) -> None:
    path().parent.mkdir(parents=True)
    path().write_text(f"{line}\n")
    found = cli("deployments", *LIVE)
    assert found.code == 0 and [row[3:6] for row in found.out.splitlines()[1:]] == ["d-2", "d-1"]
    if said is None:
        assert found.err == ""
        return
    assert found.err.startswith(f"? what was changed by hand is not known: {said}{path()} ")
    told = json.loads(cli("deployments", *LIVE, "-o", "json").out)
    assert told["changes_by_hand"] is None and len(told["data"]) == 2


def made(id: str, hours: int) -> AliasChange:
    """So many hours ago."""
    began: datetime = NOW - timedelta(hours=hours)
    at, who = "checkout:live", "arn:aws:iam::123456789012:user/alice"
    return AliasChange(id, "shift", at, began, None, who, "bastion", None, None, None, "started")


def test_the_newest_changes_and_none_from_before_the_oldest_deployment_of_a_full_list() -> None:
    changes = [made("a", 1), made("b", 3), made("c", 5)]
    young, old = (
        replace(deployment("Succeeded"), id=id, created=NOW - timedelta(hours=hours))
        for id, hours in (("d-2", 2), ("d-1", 4))
    )
    assert [p.id for p in history((young, old), changes, 3)] == ["a", "d-2", "b", "d-1", "c"]
    assert [p.id for p in history((young, old), changes, 2)] == ["a", "d-2", "b", "d-1"]
    assert [p.id for p in history((), changes, 2)] == ["a", "b"]
