"""Forms of an answer: each format of one command whole, a part of it, colour, errors as JSON."""

from __future__ import annotations

import json

import pytest
import yaml

from lambdactl.cli.options import FORMATS, SHARED
from lambdactl.errors import Throttled
from lambdactl.model import Routing
from lambdactl.render.formats import MACHINE
from tests.cli.conftest import Run
from tests.cli.shop import Shop
from tests.plan.samples import deployment, version

FUNCTION = ("-f", "checkout")
# ruff: noqa: E501
GOLDEN = {
    "table": """\
VERSION  PUBLISHED              SIZE  ROUTED BY  SHA256  DESCRIPTION
v42      2026-11-10 14:00:00  1000 B  live 10 %  sha42   2.8.0 \\x1b[31m
v41      2026-11-10 14:00:00  1000 B  live 90 %  sha41
""",
    "wide": """\
VERSION  PUBLISHED              SIZE  ROUTED BY  SHA256  RUNTIME     MEMORY  TIMEOUT  DESCRIPTION
v42      2026-11-10 14:00:00  1000 B  live 10 %  sha42   python3.13  128 MB      3 s  2.8.0 \\x1b[31m
v41      2026-11-10 14:00:00  1000 B  live 90 %  sha41   python3.13  128 MB      3 s
""",
    "csv": """\
version,published,description,code_sha256,code_size_bytes,runtime,state,routed_by
42,2026-11-10T14:00:00Z,2.8.0 \\x1b[31m,sha42,1000,python3.13,,"[{""alias"": ""live"", ""weight_percent"": 10.0}]"
41,2026-11-10T14:00:00Z,,sha41,1000,python3.13,Active,"[{""alias"": ""live"", ""weight_percent"": 90.0}]"
""",
    "name": "checkout:42\ncheckout:41\n",
    "jsonl": """\
{"version": 42, "published": "2026-11-10T14:00:00Z", "description": "2.8.0 \\u001b[31m", "code_sha256": "sha42", "code_size_bytes": 1000, "runtime": "python3.13", "state": null, "routed_by": [{"alias": "live", "weight_percent": 10.0}]}
{"version": 41, "published": "2026-11-10T14:00:00Z", "description": "", "code_sha256": "sha41", "code_size_bytes": 1000, "runtime": "python3.13", "state": "Active", "routed_by": [{"alias": "live", "weight_percent": 90.0}]}
""",
}  # fmt: skip


@pytest.fixture
def two(shop: Shop) -> Shop:
    """Versions 41 and 42, the second with a description that steers a terminal."""
    shop.versions = {
        41: version(41),
        42: version(42, description="2.8.0 \x1b[31m", state=None),
    }
    shop.route(Routing(41, 42, 10.0))
    return shop


@pytest.mark.parametrize("output", GOLDEN)
def test_the_whole_of_each_format(cli: Run, two: Shop, output: str) -> None:
    assert cli("versions", *FUNCTION, "-o", output).out == GOLDEN[output]


def test_json_and_yaml_are_one_document(cli: Run, two: Shop) -> None:
    told = json.loads(cli("versions", *FUNCTION, "-o", "json").out)
    assert (told["apiVersion"], told["kind"]) == ("lambdactl/v1", "Versions")
    assert told["context"]["account_id"] == "123456789012"
    assert [v["version"] for v in told["data"]] == [42, 41]
    assert yaml.safe_load(cli("versions", *FUNCTION, "-o", "yaml").out) == told


def test_plain_is_one_record_a_line(cli: Run, two: Shop) -> None:
    assert cli("versions", *FUNCTION, "--plain").out.splitlines()[1].split("\t") == [
        "v41", "2026-11-10 14:00:00", "1000 B", "live 90 %", "sha41",
    ]  # fmt: skip
    status = cli("status", "-f", "checkout:live", "--plain", "--color", "always")
    assert status.out.isascii()
    assert "\x1b" not in status.out
    two.deploy(deployment("InProgress"))
    moving = cli("status", "-f", "checkout:live", "--plain")
    assert "v41 -> v42" in moving.out
    assert (moving.out + moving.err).isascii()


def test_a_person_reads_lines_that_end_between_words(
    cli: Run, two: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    two.deploy(deployment("InProgress"))
    whole = cli("status", "-f", "checkout:live").out
    monkeypatch.setattr("lambdactl.cli.terminal._is_terminal", lambda _: True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "50")
    read = cli("status", "-f", "checkout:live").out
    assert all(len(line) <= 50 for line in read.splitlines() if "CodeDeployDefault" not in line)
    assert len(read.splitlines()) > len(whole.splitlines())
    assert read.split() == whole.split()
    plain = cli("status", "-f", "checkout:live", "--plain").out
    assert len(plain.splitlines()) == len(whole.splitlines())


def test_what_is_run_or_copied_is_never_broken(cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    script = cli("completion", "bash").out
    assert max(map(len, script.splitlines())) > 30
    monkeypatch.setattr("lambdactl.cli.terminal._is_terminal", lambda _: True)
    monkeypatch.setenv("COLUMNS", "30")
    assert cli("completion", "bash").out == script


@pytest.mark.parametrize("output", FORMATS)
def test_every_format_is_documented_and_answers(cli: Run, two: Shop, output: str) -> None:
    assert f"-o {output}" in cli("help", "formatting").out
    said = cli("status", "-f", "checkout:live", "-o", output)
    assert said.code == 0
    assert said.out


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (("--query", "data[0].version"), "42\n"),
        (("--query", "data[].version", "-o", "jsonl"), "42\n41\n"),
        (("--query", "data[].version", "-o", "csv"), "value\n42\n41\n"),
        (("--query", "data[?state=='Active'].code_sha256 | [0]", "-o", "name"), "sha41\n"),
        (("--query", "nothing"), "null\n"),
        (("--query", "data[].version", "-o", "yaml"), "- 42\n- 41\n"),
    ],
)
def test_query(cli: Run, two: Shop, words: tuple[str, ...], out: str) -> None:
    assert cli("versions", *FUNCTION, *words).out == out


def test_a_query_that_makes_no_sense_is_told_before_anything_is_asked(cli: Run, two: Shop) -> None:
    said = cli("versions", *FUNCTION, "--query", "data[")
    assert (said.code, said.out, two.connections) == (2, "", [])
    assert said.err.splitlines()[0] == "error: --query 'data[' is not JMESPath"


def test_a_query_that_cannot_be_answered(cli: Run, two: Shop) -> None:
    said = cli("versions", *FUNCTION, "--query", "length(data[0].version)")
    assert said.code == 2
    assert "cannot be answered" in said.err


@pytest.mark.parametrize("output", ["json", "jsonl"])
def test_errors_are_json_where_json_was_asked_for(cli: Run, two: Shop, output: str) -> None:
    two.fail("snapshot", Throttled("AWS asked us to slow down", why="429", hint="later"))
    said = cli("versions", *FUNCTION, "-q", "-o", output)
    told = json.loads(said.err)["error"]
    assert (said.code, said.out) == (1, "")
    assert (told["code"], told["message"], told["why"], told["hint"]) == (
        "throttled", "AWS asked us to slow down", "429", "later",
    )  # fmt: skip


@pytest.mark.parametrize("output", ["table", "wide", "yaml", "csv", "name"])
def test_errors_are_three_lines_elsewhere(cli: Run, two: Shop, output: str) -> None:
    two.fail("snapshot", Throttled("AWS asked us to slow down", why="429", hint="later"))
    said = cli("versions", *FUNCTION, "-q", "-o", output)
    assert said.err == "error: AWS asked us to slow down\n  why: 429\n  try: later\n"


@pytest.mark.parametrize(
    ("words", "environment", "terminal", "coloured"),
    [
        ((), {}, False, False),
        ((), {}, True, True),
        ((), {"NO_COLOR": "1"}, True, False),
        ((), {"NO_COLOR": ""}, True, True),
        ((), {"TERM": "dumb"}, True, False),
        ((), {"FORCE_COLOR": "1"}, False, True),
        ((), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        (("--color", "always"), {"NO_COLOR": "1"}, False, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, True, False),
        (("--plain",), {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour(
    cli: Run,
    two: Shop,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    environment: dict[str, str],
    terminal: bool,
    coloured: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("lambdactl.cli.terminal._is_terminal", lambda _: terminal)
    assert ("\x1b[" in cli("versions", *FUNCTION, *words).out) is coloured


def test_no_format_of_a_program_is_coloured(cli: Run, two: Shop) -> None:
    for output in MACHINE:
        assert "\x1b" not in cli("versions", *FUNCTION, "-o", output, "--color", "always").out


def test_an_unknown_format_names_the_known_ones(cli: Run, two: Shop) -> None:
    said = cli("versions", "-o", "xml")
    assert said.code == 2
    assert "table, wide, json, jsonl, yaml, csv, name" in said.err
    assert {"output", "query", "plain"} <= set(SHARED)


@pytest.mark.parametrize(
    "words",
    [("help", "safety"), ("completion", "bash"), ("iam-policy", "--operator")],
    ids=" ".join,
)
@pytest.mark.parametrize("output", ["json", "jsonl", "yaml"])
def test_what_is_a_text_is_a_document_where_one_is_asked_for(
    cli: Run, words: tuple[str, ...], output: str
) -> None:
    said = cli(*words, "-o", output)
    assert said.code == 0
    if output == "jsonl":
        assert len(said.out.splitlines()) == 1
    told = yaml.safe_load(said.out) if output == "yaml" else json.loads(said.out)
    assert isinstance(told, dict)
