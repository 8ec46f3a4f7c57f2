"""Code that runs: in a worker of its version, with what Lambda gives it, told in its words."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.functions import Invocation, LambdaService, environments
from lambdactl.sandbox.functions.environments import PER_VERSION
from lambdactl.sandbox.open import Sandbox
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
        "an exit as if all were well",
        "import sys\ndef handler(event, context): sys.exit(0)",
        "Runtime.ExitError",
        "Error: Runtime exited without providing a reason",
    ),
    Ending(
        "too large a result",
        "def handler(event, context): return 'x' * 6_291_556",
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
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
    assert row.message in log or row.kind == "Function.ResponseSizeTooLarge"
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


def test_large_events_and_results_pass(world: World) -> None:
    """Larger than a pipe holds, in both directions, with more printed than a pipe holds."""
    source = "def handler(event, context):\n    print('x' * 300_000)\n    return event * 2"
    world.create(source=source)
    assert world.invoke("y" * 1_000_000)["result"] == "y" * 2_000_000


def test_code_that_calls_aws_comes_home() -> None:
    """boto3 in a worker finds the account that runs it, over its socket, and nothing else."""
    source = """
import boto3
def handler(event, context):
    client = boto3.client("lambda")
    return client.get_alias(FunctionName="f", Name=event)["FunctionVersion"]
"""
    services = {"lambda": LambdaService}
    with Sandbox(clock=ManualClock(), services=services, strict=True) as sandbox:
        clock = sandbox.account.clock
        assert isinstance(clock, ManualClock)
        client = sandbox.client("lambda")
        client.create_function(
            FunctionName="f",
            Runtime="python3.13",
            Handler="app.handler",
            Role=ROLE,
            Code={"ZipFile": zipped(source)},
            Timeout=20,
        )
        clock.advance(5)
        client.create_alias(FunctionName="f", Name="live", FunctionVersion="$LATEST")
        answer = client.invoke(FunctionName="f", Payload=b'"live"')
        assert json.loads(answer["Payload"].read()) == "$LATEST"
        assert sandbox.door.breaches == []


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
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The calls wait for one another, so they end only if they ran at the same time; the workers
    that are not needed after that go."""
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
    monkeypatch.setattr(environments, "IDLE_S", 0.0)
    for _ in range(PER_VERSION):
        world.service.run("f", None, event)
    assert world.service.invocations.environments.count() == 1


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
