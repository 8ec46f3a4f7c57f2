"""The journal and the faults as they are asked for over the admin path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.fault_orders import KINDS
from lambdactl.sandbox.faults import ConnectionDropped
from lambdactl.sandbox.journal import Entry, Journal
from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.wire import Request
from tests.sandbox.tiny import TINY, signed

LIVE = {"FunctionName": "f", "Name": "live"}


@pytest.fixture
def tiny() -> Iterator[Sandbox]:
    with Sandbox(clock=ManualClock(), services=TINY) as made:
        yield made


def ask(sandbox: Sandbox, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    path, _, query = path.partition("?")
    headers = {"host": "127.0.0.1", "x-sandbox": "admin"}
    raw = b"" if body is None else json.dumps(body).encode()
    response = sandbox.door.handle(Request(method, f"/_sandbox/{path}", query, headers, raw))
    return response.status, json.loads(response.body)


def entry(operation: str) -> Entry:
    return Entry(0.0, "lambda", operation, "AKIA", True, 200)


def test_entries_are_numbered_and_the_oldest_give_way() -> None:
    journal = Journal(kept=3)
    for number in range(5):
        journal.append(entry(f"Op{number}"))
    assert [(e.number, e.operation) for e in journal] == [(3, "Op2"), (4, "Op3"), (5, "Op4")]
    assert [e.number for e in journal.since(4)] == [5]
    assert [e.number for e in journal.since(0)] == [3, 4, 5]
    assert journal.since(5) == []
    assert journal.since(99) == []


def test_a_cleared_journal_goes_on_counting() -> None:
    journal = Journal()
    journal.append(entry("One"))
    journal.clear()
    assert (len(journal), journal.since(0)) == (0, [])
    journal.append(entry("Two"))
    assert [(e.number, e.action) for e in journal.since(0)] == [(2, "lambda:Two")]


def test_the_journal_is_read_from_where_one_left_off(tiny: Sandbox) -> None:
    tiny.client("lambda").get_alias(**LIVE)
    tiny.client("lambda").update_alias(**LIVE)
    status, told = ask(tiny, "GET", "journal")
    assert status == 200
    seen = [(e["number"], e["operation"], e["writes"], e["status"]) for e in told["entries"]]
    assert seen == [(1, "GetAlias", False, 200), (2, "UpdateAlias", True, 200)]
    assert [e["number"] for e in ask(tiny, "GET", "journal?after=1")[1]["entries"]] == [2]
    assert ask(tiny, "GET", "journal?after=2")[1]["entries"] == []
    assert ask(tiny, "GET", "journal?after=x")[0] == 400


def test_the_admin_path_itself_is_not_in_the_journal(tiny: Sandbox) -> None:
    ask(tiny, "GET", "health")
    assert len(tiny.journal) == 0


def test_a_fault_is_ordered_listed_and_taken_away(tiny: Sandbox) -> None:
    status, made = ask(tiny, "POST", "faults", {"action": "lambda:Get*", "kind": "deny"})
    assert (status, made["number"], made["kind"], made["left"]) == (200, 1, "deny", None)
    with pytest.raises(ClientError, match="AccessDenied"):
        tiny.client("lambda").get_alias(**LIVE)
    assert [f["struck"] for f in ask(tiny, "GET", "faults")[1]["faults"]] == [1]
    assert ask(tiny, "DELETE", "faults/1") == (200, {"faults": []})
    assert ask(tiny, "DELETE", "faults/1")[0] == 404
    assert tiny.client("lambda").get_alias(**LIVE)["Name"] == "live"
    ask(tiny, "POST", "faults", {"action": "*", "kind": "drop"})
    assert ask(tiny, "DELETE", "faults") == (200, {"faults": []})


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_ordered_and_strikes(tiny: Sandbox, kind: str) -> None:
    waited: list[float] = []
    tiny.door.pause = waited.append
    assert ask(tiny, "POST", "faults", {"action": "*", "kind": kind, "times": 1})[0] == 200
    if kind == "drop":
        with pytest.raises(ConnectionDropped):
            tiny.door.handle(asked())
    else:
        struck = tiny.door.handle(asked())
        assert struck.status >= 400 or struck.cut or waited == [1.0]
    assert [(fault.struck, fault.left) for fault in tiny.faults.listed()] == [(1, 0)]
    assert tiny.door.handle(asked()).status == 200


def asked() -> Request:
    return signed("lambda", Request("GET", "/2015-03-31/functions/f/aliases/live"))


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ({"kind": "deny"}, "action None is not"),
        ({"action": "*", "kind": "nope"}, "kind 'nope' is none of"),
        ({"action": "*", "kind": "deny", "times": 0}, "times 0 is not a whole number from 1 on"),
        ({"action": "*", "kind": "deny", "skip": -1}, "skip -1 is not a whole number"),
        ({"action": "*", "kind": "deny", "chance": "x"}, "chance 'x' is not a number"),
        ({"action": "*", "kind": "latency", "seconds": -1}, "seconds -1 is not within"),
        ({"action": "*", "kind": "error", "status": 200}, "status 200 is not a whole number"),
    ],
)
def test_a_bad_order_is_refused_and_nothing_is_in_force(
    tiny: Sandbox, order: dict[str, Any], message: str
) -> None:
    status, told = ask(tiny, "POST", "faults", order)
    assert status == 400
    assert told["message"].startswith(message)
    assert tiny.faults.listed() == ()
