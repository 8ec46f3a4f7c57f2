"""The intrinsic functions, one row each; who refers to whom; in what order things are made."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.cloudformation.graph import dependencies, ordered, reverse
from lambdactl.sandbox.cloudformation.intrinsics import NO_VALUE, UNKNOWN, Scope, resolve
from lambdactl.sandbox.cloudformation.references import Reference, references
from lambdactl.sandbox.cloudformation.template import invalid
from lambdactl.sandbox.cloudformation.walk import Cancelled, Walk, Work

NAMES = {"Env": "prod", "Many": ["a", "b"], "AWS::Region": "us-east-1"}
MAPPINGS = {"Sizes": {"prod": {"Memory": 512}}}
EXPORTS = {"shared-bucket": "b-1"}


def physical_id(name: str) -> str:
    if name == "Soon":
        return UNKNOWN
    if name != "Bucket":
        raise invalid(f"unresolved {name}")
    return "bucket-1"


def attribute(name: str, wanted: str) -> str:
    return f"{physical_id(name)}/{wanted}"


SCOPE = Scope(
    NAMES, MAPPINGS, {"Yes": True, "No": False}, physical_id, attribute, EXPORTS.__getitem__
)


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ({"Ref": "Env"}, "prod"),
        ({"Ref": "Bucket"}, "bucket-1"),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "bucket-1/Arn"),
        ({"Fn::GetAtt": "Bucket.Arn"}, "bucket-1/Arn"),
        ({"Fn::Sub": "${Env}:${Bucket}:${Bucket.Arn}"}, "prod:bucket-1:bucket-1/Arn"),
        ({"Fn::Sub": "${!Env} stays"}, "${Env} stays"),
        ({"Fn::Sub": ["${Env}-${X}", {"X": {"Ref": "Bucket"}, "Env": "mine"}]}, "mine-bucket-1"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Env"}, 1]]}, "a-prod-1"),
        ({"Fn::Join": [",", {"Ref": "Many"}]}, "a,b"),
        ({"Fn::Split": [":", "a:b"]}, ["a", "b"]),
        ({"Fn::Select": [1, {"Fn::Split": [":", "a:b"]}]}, "b"),
        ({"Fn::Select": ["0", {"Ref": "Many"}]}, "a"),
        ({"Fn::If": ["Yes", "x", "y"]}, "x"),
        ({"Fn::If": ["No", "x", {"Ref": "Env"}]}, "prod"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Env"}, "Memory"]}, 512),
        ({"Fn::FindInMap": ["Sizes", "dev", "Memory", {"DefaultValue": 1}]}, 1),
        ({"Fn::ImportValue": "shared-bucket"}, "b-1"),
        ({"Fn::Base64": "hello"}, "aGVsbG8="),
        ({"Fn::GetAZs": ""}, ["us-east-1a", "us-east-1b", "us-east-1c"]),
        ({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        ({"A": {"Ref": "AWS::NoValue"}, "B": 1}, {"B": 1}),
        ([{"Ref": "AWS::NoValue"}, {"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}, 2], [2]),
        ({"Fn::Sub": "x-${Soon}"}, f"x-{UNKNOWN}"),
        ({"Fn::Select": [0, {"Fn::Split": ["/", {"Ref": "Soon"}]}]}, UNKNOWN),
    ],
)
def test_every_function(template: Any, value: Any) -> None:
    assert resolve(template, SCOPE) == value


def test_no_value_alone_is_nothing() -> None:
    assert resolve({"Ref": "AWS::NoValue"}, SCOPE) is NO_VALUE


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ({"Ref": "Nobody"}, "unresolved Nobody"),
        ({"Fn::Select": [2, {"Ref": "Many"}]}, "cannot select nonexistent value at index 2"),
        ({"Fn::Join": ["-"]}, "every Fn::Join object requires two parameters"),
        (
            {"Fn::FindInMap": ["Sizes", "dev", "Memory"]},
            "Unable to get mapping for Sizes::dev::Memory",
        ),
        ({"Fn::If": ["Maybe", 1, 2]}, "unresolved condition dependency Maybe"),
        ({"Fn::If": ["Yes", 1]}, "Fn::If requires a list argument with three elements"),
        ({"Fn::Reverse": "x"}, "Unsupported intrinsic function Fn::Reverse"),
        ({"Fn::Sub": {"a": 1}}, "Fn::Sub intrinsic functions don't specify expected arguments"),
        ("{{resolve:ssm:name}}", "dynamic reference"),
    ],
)
def test_what_cannot_be_resolved_is_refused(template: Any, words: str) -> None:
    with pytest.raises(ApiError) as raised:
        resolve(template, SCOPE)
    assert words in raised.value.message


def test_references_follow_the_branch_that_is_taken() -> None:
    value = {
        "A": {"Fn::If": ["Yes", {"Ref": "One"}, {"Ref": "Two"}]},
        "B": {"Fn::Sub": ["${Three.Arn}${X}${!No}", {"X": {"Fn::GetAtt": ["Four", "Arn"]}}]},
    }
    taken = list(references(value, {"Yes": True}))
    assert taken == [Reference("One"), Reference("Four", "Arn"), Reference("Three", "Arn")]
    assert [r.target for r in references(value)] == ["One", "Two", "Four", "Three"]


def needing(**needs: str) -> dict[str, dict[str, Any]]:
    return {
        name: {"Type": "T", "Properties": {"Need": [{"Ref": n} for n in each.split()]}}
        for name, each in needs.items()
    }


def test_what_is_needed_comes_first() -> None:
    graph = dependencies(
        needing(Alias="Version Group", Version="Function", Function="", Group="").items()
    )
    assert ordered(graph) == ["Function", "Group", "Version", "Alias"]
    assert reverse(graph)["Function"] == {"Version"}


def test_depends_on_and_the_update_policy_count_too() -> None:
    policy = {"CodeDeployLambdaAliasUpdate": {"BeforeAllowTrafficHook": {"Ref": "Hook"}}}
    resources: dict[str, dict[str, Any]] = {
        "Alias": {"Type": "T", "DependsOn": "Role", "UpdatePolicy": policy},
        "Hook": {"Type": "T"},
        "Role": {"Type": "T"},
    }
    assert dependencies(resources.items())["Alias"] == {"Hook", "Role"}


def test_a_circle_is_named_without_those_who_only_wait_for_it() -> None:
    graph = dependencies(needing(A="B", B="C", C="A", Waits="A", Free="").items())
    with pytest.raises(ApiError) as raised:
        ordered(graph)
    assert raised.value.message == "Circular dependency between resources: [A, B, C]"


@given(st.dictionaries(st.sampled_from("ABCDEF"), st.sets(st.sampled_from("ABCDEF"), max_size=3)))
def test_an_order_honours_every_need(needs: dict[str, set[str]]) -> None:
    graph = {
        name: frozenset(n for n in each if n in needs and n > name) for name, each in needs.items()
    }
    order = ordered(graph)
    assert sorted(order) == sorted(graph)
    for name, each in graph.items():
        assert all(order.index(need) < order.index(name) for need in each)


class Diary:
    """Work that writes down when it began, ended, or was cancelled."""

    def __init__(self, **lasts: float) -> None:
        self.lasts = lasts
        self.lines: list[str] = []
        self.fails: set[str] = set()

    def __call__(self, name: str) -> Work[bool]:
        self.lines.append(f"+{name}")
        try:
            yield self.lasts[name]
        except Cancelled:
            self.lines.append(f"x{name}")
            return False
        self.lines.append(f"-{name}")
        return name not in self.fails


def told(walk: Walk) -> tuple[float, bool]:
    """Run ``walk`` to its end: the seconds it took, and its verdict."""
    work = walk.run()
    seconds = 0.0
    while True:
        try:
            seconds += next(work)
        except StopIteration as end:
            return seconds, end.value


def test_independent_work_goes_on_side_by_side() -> None:
    diary = Diary(A=3, B=5, C=1)
    walk = Walk({"A": frozenset(), "B": frozenset(), "C": frozenset("A")}, diary)
    assert told(walk) == (5, True)
    assert diary.lines == ["+A", "+B", "-A", "+C", "-C", "-B"]


def test_a_failure_cancels_what_is_under_way_and_starts_nothing_more() -> None:
    diary = Diary(A=1, B=5, C=1)
    diary.fails = {"A"}
    walk = Walk({"A": frozenset(), "B": frozenset(), "C": frozenset("A")}, diary)
    assert told(walk) == (1, False)
    assert diary.lines == ["+A", "+B", "-A", "xB"]
    assert walk.failed == ["A", "B"]


def test_removals_go_on_past_a_failure_except_for_what_waits_for_it() -> None:
    diary = Diary(A=1, B=5, C=1)
    diary.fails = {"A"}
    graph = {"A": frozenset[str](), "B": frozenset[str](), "C": frozenset("A")}
    walk = Walk(graph, diary, goes_on=True)
    assert told(walk) == (5, False)
    assert diary.lines == ["+A", "+B", "-A", "-B"]


def test_a_cancelled_walk_turns_back_at_its_next_step() -> None:
    diary = Diary(A=1, B=5)
    walk = Walk(
        {"A": frozenset(), "B": frozenset()}, diary, is_cancelled=lambda: "-A" in diary.lines
    )
    assert told(walk) == (1, False)
    assert diary.lines == ["+A", "+B", "-A", "xB"]
