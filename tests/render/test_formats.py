"""Every format of --output, whole, with text in it that would steer a terminal."""

from __future__ import annotations

import csv
import io
import json

import pytest
import yaml

from lambdactl.render.formats import flattened, formatted
from lambdactl.render.tables import Column, Table

NASTY = 'a "quoted", \x1b[2Jcleared\n\u202eword'
DOCUMENT = {
    "apiVersion": "lambdactl/v1",
    "kind": "Things",
    "context": {"account_id": "123456789012"},
    "data": [
        {"name": "one", "rate_percent": None, "routing": {"stable": 1, "canary": None}},
        {"name": NASTY, "rate_percent": 0.0, "tags": ["x", "é"]},
    ],
}
GOLDEN = {
    "json": """\
{
  "apiVersion": "lambdactl/v1",
  "kind": "Things",
  "context": {
    "account_id": "123456789012"
  },
  "data": [
    {
      "name": "one",
      "rate_percent": null,
      "routing": {
        "stable": 1,
        "canary": null
      }
    },
    {
      "name": "a \\"quoted\\", \\u001b[2Jcleared\\n\\u202eword",
      "rate_percent": 0.0,
      "tags": [
        "x",
        "é"
      ]
    }
  ]
}
""",
    "jsonl": """\
{"name": "one", "rate_percent": null, "routing": {"stable": 1, "canary": null}}
{"name": "a \\"quoted\\", \\u001b[2Jcleared\\n\\u202eword", "rate_percent": 0.0, "tags": ["x", "é"]}
""",
    "yaml": """\
apiVersion: lambdactl/v1
kind: Things
context:
  account_id: '123456789012'
data:
- name: one
  rate_percent: null
  routing:
    stable: 1
    canary: null
- name: "a \\"quoted\\", \\e[2Jcleared\\n\\u202Eword"
  rate_percent: 0.0
  tags:
  - x
  - "\\xE9"
""",
    "csv": """\
name,rate_percent,routing.stable,routing.canary,tags
one,,1,,
"a ""quoted"", \\x1b[2Jcleared\\n\\u202eword",0.0,,,"[""x"", ""\\u00e9""]"
""",
    "name": """\
one
a "quoted", \\x1b[2Jcleared\\n\\u202eword
""",
}


@pytest.mark.parametrize("output", GOLDEN)
def test_the_whole_of_a_format(output: str) -> None:
    assert formatted(DOCUMENT, output) == GOLDEN[output]


@pytest.mark.parametrize("output", GOLDEN)
def test_nothing_in_it_steers_a_terminal(output: str) -> None:
    text = formatted(DOCUMENT, output)
    assert all(c.isprintable() or c == "\n" for c in text)


def test_who_parses_it_gets_the_same_text_back() -> None:
    assert json.loads(formatted(DOCUMENT, "json")) == DOCUMENT
    assert yaml.safe_load(formatted(DOCUMENT, "yaml")) == DOCUMENT
    lines = formatted(DOCUMENT, "jsonl").splitlines()
    assert [json.loads(line) for line in lines] == DOCUMENT["data"]


def test_csv_says_unknown_with_nothing_and_zero_with_zero() -> None:
    rows = list(csv.DictReader(io.StringIO(formatted(DOCUMENT, "csv"))))
    assert [row["rate_percent"] for row in rows] == ["", "0.0"]


def test_one_document_is_one_record() -> None:
    one = {**DOCUMENT, "data": {"state": "STABLE", "alias": {"name": "live"}}}
    assert len(formatted(one, "jsonl").splitlines()) == 1
    assert formatted(one, "csv") == "state,alias.name\nSTABLE,live\n"
    of_alias = {**one, "context": {"function": "checkout", "alias": "live"}}
    assert formatted(of_alias, "name") == "checkout:live\n"


@pytest.mark.parametrize("output", ["jsonl", "csv", "name"])
def test_no_record_is_no_line(output: str) -> None:
    assert formatted({**DOCUMENT, "data": []}, output) == ""


def test_what_a_query_finds_may_be_anything() -> None:
    assert formatted([41, 42], "csv") == "value\n41\n42\n"
    assert formatted([["a", 1], ["b", None]], "csv") == "0,1\na,1\nb,\n"
    assert formatted("live", "name") == "live\n"
    assert formatted(None, "json") == "null\n"
    assert flattened({"a": {"b": {"c": True}}}) == {"a.b.c": "true"}


def test_a_table_is_drawn_wide_or_one_record_a_line() -> None:
    table = Table((Column("A"), Column("N", right=True), Column("W", wide=True)),
                  (("x", "10", "more"), ("longer", "9", "still")), ("x", "longer"))  # fmt: skip
    drawn = ["".join(part.text for part in line).rstrip() for line in table.lines()]
    assert drawn == ["A        N", "x       10", "longer   9"]
    wide = ["".join(part.text for part in line).rstrip() for line in table.lines(wide=True)]
    assert wide[0] == "A        N  W"
    assert [line[0].text for line in table.records()] == ["x\t10", "longer\t9"]
