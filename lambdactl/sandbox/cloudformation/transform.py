"""The SAM transform: AWS::Serverless-2016-10-31, performed by AWS's own aws-sam-translator.

The translator is imported when the first template asks for it. It never reaches out: managed
policies come from the map that it brings along, and applications of the Serverless Application
Repository, which it would fetch over the network, are refused.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.cloudformation.template import Template, invalid

SAM = "AWS::Serverless-2016-10-31"


@dataclass(frozen=True)
class _Place:
    """All that the translator asks of a session: where it is."""

    region_name: str


def apply(template: Template, parameters: Mapping[str, Any], region: str) -> Template:
    """``template`` after its transforms. Raises ValidationError in CloudFormation's words."""
    for name in template.transforms:
        if name != SAM:
            raise invalid(f"No transform named {name} found.")
    if SAM not in template.transforms:
        return template
    for logical_id, resource in template.resources.items():
        if resource["Type"] == "AWS::Serverless::Application":
            raise _failed(f"Resource with id [{logical_id}] is an application of a repository.")
    return Template.of(_translated(template, parameters, region))


def _failed(reason: str) -> ApiError:
    return invalid(f"Transform {SAM} failed with: {reason}")


def _translated(template: Template, parameters: Mapping[str, Any], region: str) -> dict[str, Any]:
    try:
        from samtranslator.model.exceptions import InvalidDocumentException
        from samtranslator.parser.parser import Parser
        from samtranslator.translator.translator import Translator
    except ModuleNotFoundError as error:
        raise ApiError(
            "InternalFailure",
            f"The SAM transform needs a package that is not installed: {error.name}. "
            "Type: pip install 'lambdactl[sandbox]'",
            500,
        ) from error
    # It warns of what CloudFormation, too, keeps to itself.
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    translator = Translator(None, Parser(), boto_session=_Place(region))
    try:
        translated: dict[str, Any] = translator.translate(
            copy.deepcopy(dict(template.data)), dict(parameters)
        )
    except InvalidDocumentException as error:
        causes = " ".join(sorted(cause.message for cause in error.causes))
        raise _failed(f"{error.message} {causes}") from None
    return translated
