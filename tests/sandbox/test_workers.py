"""Code that runs: in a worker of its version, with what Lambda gives it, told in its words."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lambdactl.sandbox.functions import Invocation
from lambdactl.sandbox.functions.environments import PER_VERSION
from tests.sandbox.lambda_world import ARN, ROLE, World, open_world, zipped


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as made:
        yield made


# -- what a function finds -----------------------------------------------------------------------

LOOKS_AROUND = """
import os
def handler(event, context):
    left = context.get_remaining_time_in_millis()
    return {
        "variables": dict(os.environ),
        "name": context.function_name,
        "version": context.function_version,
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "group": context.log_group_name,
        "stream": context.log_stream_name,
        "id": context.aws_request_id,
        "time": 0 < left <= 3000,
        "here": os.getcwd() == os.environ["LAMBDA_TASK_ROOT"],
    }
"""


def test_surroundings(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The function's variables and the account's, and nothing of whoever started the sandbox."""
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of the user")
    monkeypatch.setenv("SOMETHING_PRIVATE", "of the user")
    world.account.endpoint = "http://127.0.0.1:1"
    world.create(source=LOOKS_AROUND, Environment={"Variables": {"RELEASE": "first"}})
    world.publish()
    world.client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    found = world.invoke(Qualifier="live")["result"]
    variables = found.pop("variables")
    assert re.fullmatch(r"2027/01/15/\[1\][0-9a-f]{32}", found.pop("stream"))
    assert len(found.pop("id")) == 36
    assert found == {
        "name": "f",
        "version": "1",
        "arn": f"{ARN}:f:live",
        "memory": "128",
        "group": "/aws/lambda/f",
        "time": True,
        "here": True,
    }
    assert "of the user" not in variables.values()
    assert "AWS_PROFILE" not in variables
    expected = {
        "RELEASE": "first",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    assert {name: variables[name] for name in expected} == expected
    home = Path(variables["HOME"])
    assert not any(home.iterdir())
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        assert not Path(variables[name]).exists()


def test_layers_are_on_the_path(world: World) -> None:
    content = {"ZipFile": zipped("NAME = 'from the layer'", "python/shared.py")}
    layer = world.client.publish_layer_version(LayerName="l", Content=content)
    source = "import shared\ndef handler(event, context): return shared.NAME"
    world.create(source=source, Layers=[layer["LayerVersionArn"]])
    world.client.delete_layer_version(LayerName="l", VersionNumber=1)
    assert world.invoke()["result"] == "from the layer"


# -- how it may end ------------------------------------------------------------------------------


class Ending(NamedTuple):
    story: str
    source: str
    kind: str
    message: str
    handler: str = "app.handler"


ENDINGS = [
    Ending(
        "an exception",
        "def handler(event, context): raise ValueError('boom')",
        "ValueError",
        "boom",
    ),
    Ending(
        "a module that is not there",
        "import nowhere",
        "Runtime.ImportModuleError",
        "Unable to import module 'app': No module named 'nowhere'",
    ),
    Ending(
        "a file that is not there",
        "",
        "Runtime.ImportModuleError",
        "Unable to import module 'other': No module named 'other'",
        "other.handler",
    ),
    Ending(
        "a syntax error",
        "def handler(:",
        "Runtime.UserCodeSyntaxError",
        "Syntax error in module 'app': invalid syntax",
    ),
    Ending(
        "no such function in the module",
        "x = 1",
        "Runtime.HandlerNotFound",
        "Handler 'handler' missing on module 'app'",
    ),
    Ending(
        "a handler without a dot",
        "x = 1",
        "Runtime.MalformedHandlerName",
        "Bad handler 'app': not enough values to unpack (expected 2, got 1)",
        "app",
    ),
    Ending("an exception while loading", "raise KeyError('no')", "KeyError", "'no'"),
    Ending(
        "a result that is not JSON",
        "def handler(event, context): return {1, 2}",
        "Runtime.MarshalError",
        "Unable to marshal response: Object of type set is not JSON serializable",
    ),
    Ending(
        "an exit",
        "import os\ndef handler(event, context): os._exit(3)",
        "Runtime.ExitError",
        "Error: Runtime exited with error: exit status 3",
    ),
    Ending(
        "an exit while loading",
        "import sys\nsys.exit(1)",
        "Runtime.ExitError",
        "Error: Runtime exited with error: exit status 1",
    ),
    Ending(
        "a signal",
        "import os\ndef handler(event, context): os.kill(os.getpid(), 9)",
        "Runtime.ExitError",
        "Error: Runtime exited with error: signal: killed",
    ),
    Ending(
        "no end",
        "import threading\ndef handler(event, context): threading.Event().wait()",
        "Sandbox.Timedout",
        "Error: Task timed out after 1.00 seconds",
    ),
]


@pytest.mark.parametrize("row", ENDINGS, ids=lambda row: row.story)
def test_endings(world: World, row: Ending) -> None:
    """A failed function is a 200 with FunctionError; the next invocation is served all the same."""
    world.create(source=row.source, Timeout=1, Handler=row.handler)
    done = world.invoke(LogType="Tail")
    assert (done["status"], done["error"]) == (200, "Unhandled")
    assert done["result"]["errorType"] == row.kind
    assert row.message in done["result"]["errorMessage"]
    log = base64.b64decode(done["log"]).decode()
    assert row.message in log
    assert log.splitlines()[-1].startswith("REPORT RequestId: ")
    assert world.recorder.sums("Errors")["f"] == 1
    world.client.update_function_code(FunctionName="f", ZipFile=zipped())
    world.advance()
    if row.handler == "app.handler":
        assert world.invoke()["error"] is None


def test_the_trace_names_the_functions_own_lines(world: World) -> None:
    source = "def deeper():\n    raise ValueError('boom')\ndef handler(e, c):\n    deeper()\n"
    world.create(source=source)
    trace = world.invoke()["result"]["stackTrace"]
    assert [line.splitlines()[0] for line in trace] == [
        '  File "/var/task/app.py", line 4, in handler',
        '  File "/var/task/app.py", line 2, in deeper',
    ]


def test_a_timeout_kills_what_the_function_started(world: World, tmp_path: Path) -> None:
    source = """
import subprocess, threading
def handler(event, context):
    child = subprocess.Popen(["sleep", "600"])
    with open(event, "w") as file:
        file.write(str(child.pid))
    threading.Event().wait()
"""
    world.create(source=source, Timeout=1)
    note = tmp_path / "pid"
    assert world.invoke(str(note))["result"]["errorType"] == "Sandbox.Timedout"
    assert not is_running(int(note.read_text()))


# -- warm and cold -------------------------------------------------------------------------------

COUNTS = """
import os
calls = 0
def handler(event, context):
    global calls
    calls += 1
    return [os.getpid(), calls]
"""


def test_a_worker_stays_warm_and_is_its_versions_own(world: World) -> None:
    world.create(source=COUNTS)
    world.publish()
    first = [world.invoke(Qualifier="1", LogType="Tail") for _ in range(2)]
    other = world.invoke()
    (pid, _), (again, calls) = (done["result"] for done in first)
    assert (pid, calls) == (again, 2)
    assert other["result"][0] != pid
    assert other["result"][1] == 1
    logs = [base64.b64decode(done["log"]).decode() for done in first]
    assert ["Init Duration: " in log for log in logs] == [True, False]
    assert logs[0].startswith("INIT_START ")
    assert logs[1].startswith("START RequestId: ")


def test_a_change_of_latest_starts_it_afresh(world: World) -> None:
    world.create(source=COUNTS)
    old, _ = world.invoke()["result"]
    world.client.update_function_configuration(FunctionName="f", MemorySize=256)
    world.advance()
    new, calls = world.invoke()["result"]
    assert calls == 1
    assert new != old
    assert not is_running(old)


def test_calls_at_once_have_workers_of_their_own_up_to_a_number(
    world: World, tmp_path: Path
) -> None:
    """The calls wait for one another, so they end only if they ran at the same time."""
    source = """
import pathlib, threading
def handler(event, context):
    place = pathlib.Path(event["place"])
    (place / context.aws_request_id).touch()
    while len(list(place.iterdir())) < event["together"]:
        threading.Event().wait(0.01)
"""
    world.create(source=source, Timeout=20)
    event = json.dumps({"place": str(tmp_path), "together": 4}).encode()
    done: list[Invocation] = []
    calls = 4 + PER_VERSION
    for _ in range(calls):
        world.service.invoke_async("f", None, event, done.append)
    world.service.settle()
    assert [call.failed for call in done] == [False] * calls
    assert 4 <= world.service.invocations.environments.count() <= PER_VERSION
    seen = max(
        value for name, _, value, _, _ in world.recorder.points if name == "ConcurrentExecutions"
    )
    assert seen >= 4


def is_running(pid: int) -> bool:
    """Whether a process of that id is there, and is not merely waiting to be collected."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat")
        return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except ProcessLookupError:
        return False


def test_closing_ends_the_workers() -> None:
    with open_world() as world:
        world.create(source=COUNTS)
        pid, _ = world.invoke()["result"]
        assert is_running(pid)
    assert not is_running(pid)


PARENT = """
import sys, pathlib
from lambdactl.sandbox.functions.worker import Start, Worker
worker = Worker(Start(pathlib.Path(sys.argv[1]), (), {
    "_HANDLER": "app.handler",
    "AWS_LAMBDA_LOG_STREAM_NAME": "s", "AWS_LAMBDA_LOG_GROUP_NAME": "g",
    "AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_VERSION": "1",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
}))
worker.load()
print(worker.pid, flush=True)
worker.invoke({"id": "1", "arn": "a", "timeout_s": 600.0}, b"{}")
"""


def test_no_worker_outlives_a_sandbox_that_is_killed(tmp_path: Path) -> None:
    """Not even one that is busy: it holds ``pipe`` open until its end, which the test awaits."""
    (tmp_path / "app.py").write_text(
        "import threading\n"
        f"held = open({str(tmp_path / 'pipe')!r}, 'w')\n"
        "def handler(event, context): threading.Event().wait()\n"
    )
    os.mkfifo(tmp_path / "pipe")
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    with (tmp_path / "pipe").open() as pipe, parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.send_signal(signal.SIGKILL)
        assert pipe.read() == ""


# -- routing and refusals ------------------------------------------------------------------------


def test_an_alias_is_routed_by_weight_and_a_seed_repeats_it(world: World) -> None:
    world.create()
    world.publish()
    world.publish()
    world.client.create_alias(
        FunctionName="f",
        Name="live",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}},
    )

    def run() -> list[str]:
        world.service.invocations.seed(7)
        return [world.service.run("f", "live", b"{}").version for _ in range(200)]

    first = run()
    assert 30 <= first.count("2") <= 70
    assert first.count("1") + first.count("2") == 200
    assert run() == first
    alias = {"FunctionName": "f", "Name": "live"}
    for weight, version in ((0.0, "1"), (1.0, "2")):
        world.client.update_alias(
            **alias, RoutingConfig={"AdditionalVersionWeights": {"2": weight}}
        )
        assert {world.service.run("f", "live", b"{}").version for _ in range(20)} == {version}


REFUSALS: list[tuple[str, dict[str, Any], int, str]] = [
    ("no function", {"FunctionName": "none"}, 404, "ResourceNotFoundException"),
    ("no alias", {"FunctionName": "f:none"}, 404, "ResourceNotFoundException"),
    ("no version", {"FunctionName": "f:9"}, 404, "ResourceNotFoundException"),
    ("not JSON", {"FunctionName": "f", "Payload": b"{"}, 400, "InvalidRequestContentException"),
    (
        "too large",
        {"FunctionName": "f", "Payload": b'"' + b"x" * 6_291_456 + b'"'},
        413,
        "RequestTooLargeException",
    ),
    (
        "too large for an event",
        {"FunctionName": "f", "Payload": b'"' + b"x" * 1_048_576 + b'"', "InvocationType": "Event"},
        413,
        "RequestTooLargeException",
    ),
    ("another runtime", {"FunctionName": "node"}, 501, "NotImplemented"),
    ("no room", {"FunctionName": "closed"}, 429, "TooManyRequestsException"),
]


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row[0])
def test_invocations_that_are_refused(
    world: World, row: tuple[str, dict[str, Any], int, str]
) -> None:
    world.create()
    world.create("node", Runtime="nodejs22.x")
    world.create("closed")
    world.client.put_function_concurrency(FunctionName="closed", ReservedConcurrentExecutions=0)
    _, params, status, code = row
    assert world.refusal("invoke", **params)[:2] == (status, code)
    assert world.recorder.sums("Invocations") == {}
    assert world.service.invocations.environments.count() == 0


def test_a_function_of_another_runtime_is_published_all_the_same(world: World) -> None:
    world.client.create_function(
        FunctionName="f",
        Runtime="nodejs22.x",
        Handler="index.handler",
        Role=ROLE,
        Code={"ZipFile": zipped("exports.handler = 1", "index.js")},
    )
    world.advance()
    assert world.publish() == "1"
    status, _, message = world.refusal("invoke", FunctionName="f", Qualifier="1")
    assert status == 501
    assert "nodejs22.x" in message


def test_a_dry_run_runs_nothing(world: World) -> None:
    world.create()
    assert world.invoke(InvocationType="DryRun")["status"] == 204
    assert world.service.invocations.environments.count() == 0


# -- what is left behind -------------------------------------------------------------------------


def test_metrics_in_their_four_sets(world: World) -> None:
    """ExecutedVersion is there for alias invocations only; Errors is recorded even when it is 0."""
    world.create(source="def handler(event, context): return 1 / event['by']")
    world.publish()
    world.client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    at = world.clock.now()
    for qualifier, by in (("live", 1), ("live", 0), ("1", 1), ("$LATEST", 0)):
        world.invoke({"by": by}, Qualifier=qualifier)
    recorder = world.recorder
    assert recorder.sums("Invocations") == {
        "": 4,
        "f": 4,
        "f/f:live": 2,
        "f/f:live/1": 2,
        "f/f:1": 1,
        "f/f:$LATEST": 1,
    }
    assert {key: n for key, n in recorder.sums("Errors").items() if n} == {
        "": 2,
        "f": 2,
        "f/f:live": 1,
        "f/f:live/1": 1,
        "f/f:$LATEST": 1,
    }
    assert {stamp for *_, stamp in recorder.points} == {at}
    assert {(name, unit) for name, _, _, unit, _ in recorder.points} == {
        ("Invocations", "Count"),
        ("Errors", "Count"),
        ("Throttles", "Count"),
        ("Duration", "Milliseconds"),
        ("ConcurrentExecutions", "Count"),
    }


def test_a_throttle_is_neither_an_invocation_nor_an_error(world: World) -> None:
    world.create()
    world.client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    assert world.refusal("invoke", FunctionName="f")[0] == 429
    assert {name for name, *_ in world.recorder.points} == {"Throttles"}
    assert world.recorder.sums("Throttles")["f"] == 1


def test_log_lines_reach_cloudwatch_logs(world: World) -> None:
    source = """
import logging, os
print("loading")
def handler(event, context):
    print("printed")
    logging.getLogger().error("logged")
    os.write(1, b"written\\n")
"""
    world.create(source=source, LoggingConfig={"LogGroup": "of-my-own"})
    for _ in range(2):
        world.invoke()
    world.service.invocations.logs.flush()
    logs = world.account.call
    (stream,) = logs("logs", "DescribeLogStreams", {"logGroupName": "of-my-own"})["logStreams"]
    place = {"logGroupName": "of-my-own", "logStreamName": stream["logStreamName"]}
    events = logs("logs", "GetLogEvents", {**place, "startFromHead": True})["events"]
    kinds = [re.split(r"[ :\t]", event["message"])[0] for event in events]
    once = ["START", "printed", "[ERROR]", "written", "END", "REPORT"]
    assert kinds == ["INIT_START", "loading", *once, *once]
    assert {event["timestamp"] for event in events} == {int(world.clock.now() * 1000)}
    assert world.service.invocations.logs.lost == 0


# -- events --------------------------------------------------------------------------------------

FAILS_AT_FIRST = """
import pathlib
def handler(event, context):
    tries = pathlib.Path(event["note"])
    count = len(tries.read_text()) + 1 if tries.exists() else 1
    tries.write_text("x" * count)
    if count <= event["failures"]:
        raise ValueError(count)
    return context.aws_request_id
"""


class Retry(NamedTuple):
    story: str
    failures: int
    config: dict[str, int]
    runs_at: list[int]
    failed: bool


RETRIES = [
    Retry("good at once", 0, {}, [0], False),
    Retry("good at the second", 1, {}, [0, 60], False),
    Retry("good at the third", 2, {}, [0, 60, 180], False),
    Retry("given up after three", 9, {}, [0, 60, 180], True),
    Retry("no retries wanted", 9, {"MaximumRetryAttempts": 0}, [0], True),
    Retry("too old for the third", 9, {"MaximumEventAgeInSeconds": 100}, [0, 60], True),
]


@pytest.mark.parametrize("row", RETRIES, ids=lambda row: row.story)
def test_events_are_tried_again(world: World, tmp_path: Path, row: Retry) -> None:
    """[M] 202 at once; [D] two retries, after one and two minutes."""
    world.create(source=FAILS_AT_FIRST)
    if row.config:
        world.client.put_function_event_invoke_config(FunctionName="f", **row.config)
    began = world.clock.now()
    done: list[Invocation] = []
    event = json.dumps({"note": str(tmp_path / "tries"), "failures": row.failures})
    world.service.invoke_async(f"{ARN}:f", None, event.encode(), done.append)
    world.advance(1000)
    runs = [
        round(stamp - began)
        for name, dimensions, _, _, stamp in world.recorder.points
        if name == "Invocations" and not dimensions
    ]
    assert runs == row.runs_at
    assert [call.failed for call in done] == [row.failed]


def test_an_event_is_accepted_through_the_api(world: World) -> None:
    world.create()
    assert world.invoke(InvocationType="Event")["status"] == 202
    world.service.settle()
    assert world.recorder.sums("Invocations")["f"] == 1


def test_a_throttled_event_waits_for_room(world: World) -> None:
    world.create()
    world.client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    done: list[Invocation] = []
    world.service.invoke_async("f", None, b"{}", done.append)
    world.advance(5)
    assert done == []
    assert world.recorder.sums("Throttles")["f"] == 3
    world.client.delete_function_concurrency(FunctionName="f")
    world.advance(10)
    assert [call.failed for call in done] == [False]


def test_an_event_for_nobody_is_refused_at_once(world: World) -> None:
    with pytest.raises(Exception, match="Function not found"):
        world.service.invoke_async("none", None, b"{}")


def test_the_account_answers_while_a_function_runs(world: World, tmp_path: Path) -> None:
    """Code runs with no lock held: this one ends well only if a call is served meanwhile."""
    source = """
import pathlib, threading
def handler(event, context):
    pathlib.Path(event, "started").touch()
    while not pathlib.Path(event, "served").exists():
        threading.Event().wait(0.01)
"""
    world.create(source=source, Timeout=20)
    done: list[Invocation] = []
    world.service.invoke_async("f", None, json.dumps(str(tmp_path)).encode(), done.append)
    changes: list[str] = []

    def serve() -> None:
        while not (tmp_path / "started").exists():
            threading.Event().wait(0.01)
        answer = world.client.create_alias(FunctionName="f", Name="a", FunctionVersion="$LATEST")
        changes.append(answer["Name"])
        (tmp_path / "served").touch()

    server = threading.Thread(target=serve)
    server.start()
    server.join()
    world.service.settle()
    assert changes == ["a"]
    assert [call.failed for call in done] == [False]
