"""The local files that a template names, and where their place in a bucket is written instead.

The same properties that ``aws cloudformation package`` takes care of, without those of nested
templates: what is not handled is refused, never sent on as a path that CloudFormation cannot read.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdactl.aws.templates import Template
from lambdactl.errors import Refused, UsageError

Form = Callable[[str, str], Any]
"""(bucket, key) -> the value of the property."""


def uri(bucket: str, key: str) -> str:
    return f"s3://{bucket}/{key}"


def s3_bucket_and_key(bucket: str, key: str) -> dict[str, str]:
    return {"S3Bucket": bucket, "S3Key": key}


def bucket_and_key(bucket: str, key: str) -> dict[str, str]:
    return {"Bucket": bucket, "Key": key}


@dataclass(frozen=True, slots=True)
class Rule:
    """``zipped``: Lambda wants an archive; anything else is sent as it stands."""

    property: str
    form: Form
    zipped: bool = False


RULES: Mapping[str, tuple[Rule, ...]] = {
    "AWS::Serverless::Function": (Rule("CodeUri", uri, zipped=True),),
    "AWS::Serverless::LayerVersion": (Rule("ContentUri", uri, zipped=True),),
    "AWS::Serverless::Api": (Rule("DefinitionUri", uri),),
    "AWS::Serverless::HttpApi": (Rule("DefinitionUri", uri),),
    "AWS::Serverless::StateMachine": (Rule("DefinitionUri", uri),),
    "AWS::Serverless::GraphQLApi": (Rule("SchemaUri", uri),),
    "AWS::Lambda::Function": (Rule("Code", s3_bucket_and_key, zipped=True),),
    "AWS::Lambda::LayerVersion": (Rule("Content", s3_bucket_and_key, zipped=True),),
    "AWS::ApiGateway::RestApi": (Rule("BodyS3Location", bucket_and_key),),
    "AWS::ApiGatewayV2::Api": (Rule("BodyS3Location", bucket_and_key),),
    "AWS::StepFunctions::StateMachine": (Rule("DefinitionS3Location", bucket_and_key),),
    "AWS::AppSync::GraphQLSchema": (Rule("DefinitionS3Location", uri),),
    "AWS::AppSync::Resolver": (
        Rule("RequestMappingTemplateS3Location", uri),
        Rule("ResponseMappingTemplateS3Location", uri),
        Rule("CodeS3Location", uri),
    ),
    "AWS::AppSync::FunctionConfiguration": (
        Rule("RequestMappingTemplateS3Location", uri),
        Rule("ResponseMappingTemplateS3Location", uri),
        Rule("CodeS3Location", uri),
    ),
}
GLOBALS = {"Function": "AWS::Serverless::Function", "Api": "AWS::Serverless::Api"}
NESTED = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}


@dataclass(frozen=True, slots=True)
class Source:
    """One property that names a local path. ``at`` is where its resource stands in the template."""

    at: tuple[str, ...]
    rule: Rule
    written: str
    path: Path
    properties: Mapping[str, Any]
    metadata: Mapping[str, Any]

    @property
    def owner(self) -> str:
        """``Service``, or ``Globals.Function``."""
        return ".".join(self.at[1:] if self.at[0] == "Resources" else self.at)


def local_sources(template: Template) -> tuple[Source, ...]:
    """Every local path of the template, in its order.

    Raises UsageError for a path that is not there or a function without code, Refused for nested
    templates and includes.
    """
    refuse_nested(template)
    return tuple(found(template))


def found(template: Template) -> Iterator[Source]:
    shared = template.section("Globals")
    for name, type_ in GLOBALS.items():
        properties = shared.get(name)
        if isinstance(properties, Mapping):
            yield from sources_at(template, ("Globals", name), type_, properties, {})
    inherited = shared.get("Function") or {}
    for name, resource in template.resources.items():
        if name.startswith("Fn::"):
            continue
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            refuse_no_code(template, name, {**inherited, **properties})
        metadata = resource.get("Metadata") or {}
        at = ("Resources", name)
        yield from sources_at(template, at, resource["Type"], properties, metadata, inherited)


def sources_at(
    template: Template,
    at: tuple[str, ...],
    type_: str,
    properties: Mapping[str, Any],
    metadata: Mapping[str, Any],
    inherited: Mapping[str, Any] | None = None,
) -> Iterator[Source]:
    for rule in RULES.get(type_, ()):
        written = properties.get(rule.property)
        if not isinstance(written, str) or "://" in written:
            continue
        path = (template.path.parent / written).resolve()
        where = f"{template.path}: {rule.property} of {at[-1]}"
        if not path.exists():
            raise UsageError(
                f"{where} names {written}, which does not exist",
                why=f"paths are relative to the template: {path}",
                hint="correct the path, or run sam build where a build makes it",
            )
        yield Source(at, rule, written, path, {**(inherited or {}), **properties}, metadata)


def refuse_no_code(template: Template, name: str, properties: Mapping[str, Any]) -> None:
    if any(key in properties for key in ("CodeUri", "InlineCode", "ImageUri", "PackageType")):
        return
    raise UsageError(
        f"{template.path}: the function {name} names no code",
        hint=f"give {name} a CodeUri: the folder of its code, relative to the template",
    )


def refuse_nested(template: Template) -> None:
    for name, resource in template.resources.items():
        if name.startswith("Fn::"):
            continue
        where = resource.get("Properties", {}).get(NESTED.get(resource["Type"], ""))
        if isinstance(where, str) and "://" not in where:
            raise unpackaged(template, f"{name} is a nested template in the file {where}")
    for include in includes(template.body):
        if "://" not in include:
            raise unpackaged(template, f"AWS::Include takes in the file {include}")


def includes(value: Any) -> Iterator[str]:
    """The Location of every AWS::Include, wherever it stands."""
    if isinstance(value, list):
        for item in value:
            yield from includes(item)
    if not isinstance(value, Mapping):
        return
    transform = value.get("Fn::Transform")
    if isinstance(transform, Mapping) and transform.get("Name") == "AWS::Include":
        location = transform.get("Parameters", {}).get("Location")
        if isinstance(location, str):
            yield location
    for item in value.values():
        yield from includes(item)


def unpackaged(template: Template, why: str) -> Refused:
    return Refused(
        f"{template.path} takes in other local files, which lambdactl does not upload",
        why=why,
        hint=f"sam package --resolve-s3 --template-file {template.path}"
        " --output-template-file packaged.yaml, then lambdactl deploy --template packaged.yaml",
    )


def relocated(
    template: Template, places: Mapping[Path, tuple[str, str]], sources: tuple[Source, ...]
) -> dict[str, Any]:
    """The template's body with the (bucket, key) of every source in place of its path."""
    body: dict[str, Any] = copy.deepcopy(dict(template.body))
    for source in sources:
        owner = body
        for step in source.at:
            owner = owner[step]
        properties = owner if source.at[0] == "Globals" else owner["Properties"]
        properties[source.rule.property] = source.rule.form(*places[source.path])
    return body
