"""The included template, as SAM's own translator turns it into CloudFormation."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from lambdactl.aws.templates import read_template
from lambdactl.cli.included import included_template

TEMPLATE = included_template()


def source() -> dict[str, Any]:
    """The template as it is written, in long form."""
    body: dict[str, Any] = json.loads(json.dumps(read_template(TEMPLATE).body))
    return body


def resources(body: dict[str, Any] | None = None, **parameters: str) -> dict[str, Any]:
    """The resources after the transform, with ``parameters`` given to the deploy."""
    made = body or source()
    for resource in made["Resources"].values():
        if "CodeUri" in resource.get("Properties", {}):
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    session = boto3.Session(region_name="eu-west-1")
    # The translator says on stderr that a feature flag of AWS's own deployment is not set.
    with contextlib.redirect_stderr(io.StringIO()):
        done: dict[str, Any] = Translator({}, Parser(), boto_session=session).translate(
            made, parameters
        )
    found: dict[str, Any] = done["Resources"]
    return found


def of_type(found: dict[str, Any], type_: str) -> dict[str, Any]:
    return {name: r for name, r in found.items() if r["Type"] == type_}


def only(found: dict[str, Any], type_: str) -> tuple[str, dict[str, Any]]:
    (pair,) = of_type(found, type_).items()
    return pair
