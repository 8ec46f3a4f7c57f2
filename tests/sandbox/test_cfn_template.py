"""Templates as text, parameters, conditions: what is read, and what is refused with which words."""

from __future__ import annotations

from typing import Any

import pytest

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.cloudformation import conditions, parameters
from lambdactl.sandbox.cloudformation.template import Template, parse

ONE = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"


def refusal(call: Any, *arguments: Any) -> str:
    with pytest.raises(ApiError) as raised:
        call(*arguments)
    assert (raised.value.code, raised.value.status) == ("ValidationError", 400)
    return raised.value.message


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref A", {"Ref": "A"}),
        ("!Condition A", {"Condition": "A"}),
        ("!GetAtt A.B", {"Fn::GetAtt": ["A", "B"]}),
        ("!GetAtt A.B.C", {"Fn::GetAtt": ["A", "B.C"]}),
        ("!GetAtt [A, B]", {"Fn::GetAtt": ["A", "B"]}),
        ("!Sub '${A}-x'", {"Fn::Sub": "${A}-x"}),
        ("!Join ['-', [a, !Ref B]]", {"Fn::Join": ["-", ["a", {"Ref": "B"}]]}),
        (
            "!If [C, !Ref A, !Ref 'AWS::NoValue']",
            {"Fn::If": ["C", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]},
        ),
        ("!Transform {Name: X}", {"Fn::Transform": {"Name": "X"}}),
        ("2012-10-17", "2012-10-17"),
        ("'0123'", "0123"),
        ("true", True),
    ],
)
def test_yaml_with_its_short_forms(short: str, long: Any) -> None:
    assert parse(f"Value: {short}") == {"Value": long}


def test_a_body_that_begins_with_a_brace_is_json() -> None:
    assert parse(' {"Resources": {"A": {"Type": "T"}}}')["Resources"] == {"A": {"Type": "T"}}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Resources:\n  A: [", "Template format error: YAML not well-formed. (line 2, column 7)"),
        ('{"Resources": }', "Template format error: JSON not well-formed. (line 1, column 15)"),
        ("just words", "Template format error: unsupported structure."),
        ("", "Template format error: unsupported structure."),
        (
            "Description: nothing",
            "Template format error: At least one Resources member must be defined.",
        ),
        (
            "Resources:\n  Topic: {}",
            "Template format error: [/Resources/Topic] Every Resources object must contain a Type "
            "member.",
        ),
        (
            "Resources:\n  my-topic: {Type: AWS::SNS::Topic}",
            "Template format error: Resource name my-topic is non alphanumeric.",
        ),
        (ONE + "    Propertys: {}", "Invalid template resource property 'Propertys'"),
        (ONE + "Resource: {}", "Invalid template property or properties [Resource]"),
        (
            ONE + "Outputs: [a]",
            "Template format error: [/Outputs] 'Outputs' must be a JSON object.",
        ),
    ],
)
def test_what_is_no_template_is_refused(body: str, words: str) -> None:
    assert refusal(Template.read, body) == words


def settled(declared: Any, given: Any = (), previous: Any = None) -> dict[str, str]:
    body = {"Parameters": declared, "Resources": {"A": {"Type": "T"}}}
    asked = [{"ParameterKey": key, "ParameterValue": value} for key, value in dict(given).items()]
    return parameters.settle(Template.of(body), asked, previous)


def test_a_parameter_is_what_was_given_or_its_default_as_a_string() -> None:
    declared = {
        "Given": {"Type": "String"},
        "Number": {"Type": "Number", "Default": 5},
        "Flag": {"Type": "String", "Default": True},
    }
    assert settled(declared, {"Given": "x"}) == {"Given": "x", "Number": "5", "Flag": "true"}


@pytest.mark.parametrize(
    ("declared", "value", "words"),
    [
        ({"Type": "String"}, None, "Parameters: [P] must have values"),
        (
            {"Type": "String", "AllowedValues": ["a", "b"]},
            "c",
            "Parameter 'P' must be one of AllowedValues",
        ),
        (
            {"Type": "String", "AllowedPattern": "[a-z]+"},
            "a1",
            "Parameter 'P' must match pattern [a-z]+",
        ),
        (
            {
                "Type": "String",
                "AllowedPattern": "[a-z]+",
                "ConstraintDescription": "small letters.",
            },
            "A",
            "Parameter P failed to satisfy constraint: small letters.",
        ),
        ({"Type": "Number"}, "ten", "Parameter 'P' must be a number."),
        (
            {"Type": "Number", "MinValue": 1},
            "0",
            "Parameter 'P' must be a number not less than 1",
        ),
        (
            {"Type": "Number", "MaxValue": 100},
            "101",
            "Parameter 'P' must be a number not greater than 100",
        ),
        (
            {"Type": "String", "MinLength": 2},
            "a",
            "Parameter 'P' must contain at least 2 characters",
        ),
        (
            {"Type": "String", "MaxLength": 2},
            "abc",
            "Parameter 'P' must contain at most 2 characters",
        ),
        ({"Type": "List<Number>"}, "1, two", "Parameter 'P' must be a number."),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused(
    declared: dict[str, Any], value: str | None, words: str
) -> None:
    given = {} if value is None else {"P": value}
    assert refusal(settled, {"P": declared}, given) == words


def test_a_parameter_that_the_template_does_not_have_is_refused() -> None:
    words = refusal(settled, {}, {"Nobody": "x"})
    assert words == "Parameters: [Nobody] do not exist in the template"


def test_the_previous_value_is_used_only_where_there_was_one() -> None:
    body = {"Parameters": {"P": {"Type": "String"}}, "Resources": {"A": {"Type": "T"}}}
    asked = [{"ParameterKey": "P", "UsePreviousValue": True}]
    assert parameters.settle(Template.of(body), asked, {"P": "old"}) == {"P": "old"}
    assert "not in the previous template" in refusal(
        parameters.settle, Template.of(body), asked, None
    )


def test_no_echo_is_shown_to_nobody() -> None:
    body = {
        "Parameters": {"Secret": {"Type": "String", "NoEcho": True}, "Open": {"Type": "String"}},
        "Resources": {"A": {"Type": "T"}},
    }
    shown = parameters.shown(Template.of(body), {"Secret": "hush", "Open": "x"})
    assert [each["ParameterValue"] for each in shown] == ["****", "x"]
    hidden = parameters.secrets(Template.of(body), {"Secret": "hush", "Open": "x"})
    assert parameters.masked('{"Env": "hush!"}', hidden) == '{"Env": "****!"}'


def test_a_list_parameter_is_a_list_to_those_who_refer_to_it() -> None:
    body = {
        "Parameters": {"P": {"Type": "CommaDelimitedList"}},
        "Resources": {"A": {"Type": "T"}},
    }
    assert parameters.referable(Template.of(body), {"P": "a, b"}) == {"P": ["a", "b"]}


def truths(section: dict[str, Any]) -> dict[str, bool]:
    body = {"Conditions": section, "Resources": {"A": {"Type": "T"}}}
    return conditions.evaluate(Template.of(body), {"Env": "prod"})


def test_conditions_see_parameters_and_one_another() -> None:
    section = {
        "IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
        "IsTest": {"Fn::Not": [{"Condition": "IsProd"}]},
        "Both": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "IsTest"}]},
        "Either": {"Fn::Or": [{"Condition": "IsTest"}, {"Condition": "IsProd"}]},
    }
    assert truths(section) == {"IsProd": True, "IsTest": False, "Both": False, "Either": True}


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"A": {"Condition": "Gone"}}, "Unresolved condition dependency Gone"),
        ({"A": {"Condition": "B"}, "B": {"Condition": "A"}}, "Circular dependency"),
        ({"A": {"Fn::Equals": [{"Ref": "Bucket"}, "x"]}}, "Cannot reference resources"),
        ({"A": {"Ref": "Env"}}, "Every Conditions member must be"),
    ],
)
def test_conditions_that_cannot_be_told_are_refused(section: dict[str, Any], words: str) -> None:
    assert words in refusal(truths, section)


def test_a_resource_with_a_condition_that_is_not_there_is_refused() -> None:
    body = {"Resources": {"A": {"Type": "T", "Condition": "Gone"}}}
    assert "Unresolved condition dependency Gone" in refusal(
        conditions.evaluate, Template.of(body), {}
    )
