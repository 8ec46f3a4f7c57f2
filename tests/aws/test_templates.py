"""Templates as their authors write them: tags, odd scalars, and the place of every mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lambdactl.aws.parameters import parameters_for, refuse_long_names, refuse_stack_name
from lambdactl.aws.templates import Template, read_template, written
from lambdactl.cli.included import included_template
from lambdactl.errors import UsageError
from lambdactl.model_stack import StackState


def template(tmp_path: Path, text: str) -> Template:
    path = tmp_path / "template.yml"
    path.write_text(text, encoding="utf-8")
    return read_template(path)


def value(tmp_path: Path, text: str) -> object:
    read = template(tmp_path, f"Resources: {{A: {{Type: T, Properties: {{V: {text}}}}}}}")
    found: object = read.resources["A"]["Properties"]["V"]
    return found


@pytest.mark.parametrize(
    ("text", "long_form"),
    [
        ("!Ref B", {"Ref": "B"}),
        ("!Sub '${B}-x'", {"Fn::Sub": "${B}-x"}),
        ("!Sub ['${B}', {B: !Ref C}]", {"Fn::Sub": ["${B}", {"B": {"Ref": "C"}}]}),
        ("!GetAtt B.Arn", {"Fn::GetAtt": ["B", "Arn"]}),
        ("!GetAtt B.Outputs.Arn", {"Fn::GetAtt": ["B", "Outputs.Arn"]}),
        ("!GetAtt [B, Arn]", {"Fn::GetAtt": ["B", "Arn"]}),
        ("!If [C, 1, !Ref AWS::NoValue]", {"Fn::If": ["C", 1, {"Ref": "AWS::NoValue"}]}),
        ("!Condition C", {"Condition": "C"}),
        ("!Join ['', [a, !Ref B]]", {"Fn::Join": ["", ["a", {"Ref": "B"}]]}),
    ],
)
def test_tags_are_read_in_their_long_form(
    tmp_path: Path, text: str, long_form: dict[str, object]
) -> None:
    assert value(tmp_path, text) == long_form


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2012-10-17", "2012-10-17"),
        ("012345678901", "012345678901"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0", 0),
        ("-3", -3),
        ("42", 42),
        ("1.5", 1.5),
        ("true", True),
        ("null", None),
    ],
)
def test_scalars_stay_what_their_author_wrote(tmp_path: Path, text: str, meant: object) -> None:
    assert value(tmp_path, text) == meant


def test_what_is_sent_is_json_and_the_same_for_the_same_content(tmp_path: Path) -> None:
    one = template(tmp_path, "Resources: {A: {Type: T}, B: {Type: U}}")
    other = template(tmp_path, "Resources:\n  B:\n    Type: U\n  A: {Type: T}\n")
    assert written(one.body) == written(other.body)
    assert json.loads(written(one.body)) == one.body


def test_json_may_be_indented_with_tabs(tmp_path: Path) -> None:
    assert template(tmp_path, '{\n\t"Resources": {"A": {"Type": "T"}}}').resources["A"]


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("a: [1", ":1:6", "expected ',' or ']'"),
        ("a: b\na: c", ":2:1", "the key 'a' stands twice"),
        ("Resources:\n  A: {Type: T, Type: U}", ":2:16", "the key 'Type' stands twice"),
        ("a:\n\t- b", ":2:1", "'\\t' that cannot start any token"),
        ("a: \x01", ":1:4", "#x01"),
        ("? [a]\n: b", ":1:3", "a key must be text"),
        ("a: *b", ":1:4", "undefined alias"),
        ("a: !!set {b}", ":1:4", "tag:yaml.org,2002:set"),
        ("a: !!python/object:os.system x", ":1:4", "could not determine a constructor"),
    ],
)
def test_what_is_not_yaml_is_said_with_its_place(
    tmp_path: Path, text: str, where: str, why: str
) -> None:
    with pytest.raises(UsageError) as caught:
        template(tmp_path, text)
    assert f"template.yml{where} is not YAML" in str(caught.value)
    assert why in (caught.value.why or "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "holds nothing"),
        ("just words", "holds text"),
        ("[a]", "holds a list"),
        ("Resources: {}", "no Resources"),
        ("Resources: {A: {}}", "the resource A has no Type"),
        ("Resources: {A: {Type: T, Properties: [x]}}", "the Properties of A are a list"),
    ],
)
def test_what_is_not_a_template_is_said(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        template(tmp_path, text)
    assert why in (caught.value.why or "")


def test_a_template_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.yml cannot be read"):
        read_template(tmp_path / "nowhere.yml")


def test_the_included_template_is_found() -> None:
    assert "Service" in read_template(included_template()).resources


class TestParameters:
    BODY = "Parameters: {A: {Default: 1}, B: {}}\nResources: {R: {Type: T}}"

    def test_what_is_not_given_keeps_the_value_it_has(self, tmp_path: Path) -> None:
        state = StackState("s", "id", "UPDATE_COMPLETE", parameters={"A": "5", "Old": "x"})
        assert parameters_for(template(tmp_path, self.BODY), {"B": "2"}, state) == (
            {"ParameterKey": "A", "UsePreviousValue": True},
            {"ParameterKey": "B", "ParameterValue": "2"},
        )

    def test_a_new_stack_takes_the_defaults(self, tmp_path: Path) -> None:
        assert parameters_for(template(tmp_path, self.BODY), {"B": "2"}, None) == (
            {"ParameterKey": "B", "ParameterValue": "2"},
        )

    def test_a_value_that_is_missing_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="needs a value for the parameter B") as caught:
            parameters_for(template(tmp_path, self.BODY), {}, None)
        assert caught.value.hint == "lambdactl deploy --parameter B=VALUE"

    def test_an_unknown_name_is_told_with_its_neighbour(self, tmp_path: Path) -> None:
        included = read_template(included_template())
        with pytest.raises(UsageError, match="no parameter FailurePercentage") as caught:
            parameters_for(included, {"FailurePercentage": "5"}, None)
        assert caught.value.hint == "did you mean FailurePercent?"


class TestNames:
    @pytest.mark.parametrize("name", ["", "1a", "a_b", "a b", "x" * 129, "-a"])
    def test_a_name_that_cloudformation_refuses_is_refused_here(self, name: str) -> None:
        with pytest.raises(UsageError, match="is not a name for a stack"):
            refuse_stack_name(name)

    def test_a_stack_may_be_as_long_as_its_hooks_names_allow(self) -> None:
        included = read_template(included_template())
        refuse_stack_name("s" * 44)
        refuse_long_names(included, "s" * 44)
        with pytest.raises(UsageError, match="at most 44 characters") as caught:
            refuse_long_names(included, "s" * 45)
        assert "65 characters" in (caught.value.why or "")
