"""A CloudFormation template as data: read with its tags, written as JSON that CloudFormation takes.

``!Sub x`` becomes ``{"Fn::Sub": "x"}``: the rest of the program sees one form of every function.
Values that YAML 1.1 would turn into something else (``2012-10-17`` into a date, an account id that
starts with 0 into an octal number, ``12:30`` into 750) stay the strings that their author wrote. A
key that stands twice is an error here, because CloudFormation would silently take one of the two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from lambdactl.errors import UsageError

MAX_BYTES = 1024 * 1024
"""CloudFormation's limit for a template that it reads from a bucket."""
BUILT = ".aws-sam/build/template.yaml"
SHORT = {"Ref": "Ref", "Condition": "Condition"}
"""Tags that are not called ``Fn::`` in their long form."""


@dataclass(frozen=True, slots=True)
class Template:
    """``path`` is where it stands; local code is looked for beside it. ``body`` is the document."""

    path: Path
    body: Mapping[str, Any]

    @property
    def resources(self) -> Mapping[str, Any]:
        return self.section("Resources")

    @property
    def parameters(self) -> Mapping[str, Any]:
        return self.section("Parameters")

    def section(self, name: str) -> Mapping[str, Any]:
        found = self.body.get(name)
        return found if isinstance(found, Mapping) else {}


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's tags, and without YAML 1.1's guesses at dates and odd numbers."""


Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:int")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
)


def function(loader: Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    """The long form of ``!suffix node``."""
    value = plain(loader, node)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {SHORT.get(suffix, f"Fn::{suffix}"): value}


def plain(loader: Loader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return mapping(loader, node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return node.value


def mapping(loader: Loader, node: yaml.MappingNode) -> dict[str, Any]:
    """A mapping by its keys as they are written, or an error at the second of two equal ones."""
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise at(key, "a key must be text")
        if key.value in seen and key.value != "<<":
            raise at(key, f"the key {key.value!r} stands twice")
        seen.add(key.value)
    loader.flatten_mapping(node)
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}


def at(node: yaml.Node, problem: str) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


def foreign(_loader: Loader, node: yaml.Node) -> NoReturn:
    raise at(node, f"CloudFormation knows no {node.tag}")


for kind_of_yaml in ("binary", "omap", "pairs", "set", "timestamp"):
    Loader.add_constructor(f"tag:yaml.org,2002:{kind_of_yaml}", foreign)
Loader.add_multi_constructor("!", function)
Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)


def read_template(path: Path) -> Template:
    """The template at ``path``, YAML or JSON. UsageError says where in the file it is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"the template {path} cannot be read",
            why=str(error),
            hint="lambdactl deploy --template FILE   (without it, the included stack)",
        ) from error
    return Template(path, checked(parse(path, text), path))


def parse(path: Path, text: str) -> object:
    if text.lstrip().startswith("{"):
        # JSON is YAML, but for the tabs that it may be indented with.
        text = text.replace("\t", " ")
    try:
        # Loader is a SafeLoader: it makes text, numbers, lists and mappings, nothing else.
        return yaml.load(text, Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise not_yaml(where, error.problem or error.context or "not YAML") from error
    except yaml.reader.ReaderError as error:
        before = text[: error.position].split("\n")
        where = f"{path}:{len(before)}:{len(before[-1]) + 1}"
        raise not_yaml(where, f"{error.reason}: #x{ord(text[error.position]):02x}") from error
    except RecursionError as error:
        raise not_yaml(str(path), "nested too deeply") from error


def not_yaml(where: str, problem: str) -> UsageError:
    return UsageError(
        f"{where} is not YAML that CloudFormation could read",
        why=" ".join(problem.split()),
        hint="correct the line and deploy again; nothing was changed",
    )


def checked(body: object, path: Path) -> Mapping[str, Any]:
    """``body`` if it has the outline of a template."""
    if not isinstance(body, dict):
        raise not_a_template(path, f"it holds {kind(body)} where a template holds sections")
    resources = body.get("Resources")
    if not isinstance(resources, dict) or not resources:
        raise not_a_template(path, "it has no Resources")
    for name, resource in resources.items():
        if str(name).startswith("Fn::"):
            continue
        if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
            raise not_a_template(path, f"the resource {name} has no Type")
        if not isinstance(resource.get("Properties", {}), dict):
            why = f"the Properties of {name} are {kind(resource['Properties'])}"
            raise not_a_template(path, why)
    return body


def kind(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else "a single value"


def not_a_template(path: Path, why: str) -> UsageError:
    return UsageError(
        f"{path} is not a CloudFormation template",
        why=why,
        hint="lambdactl deploy --template FILE   (without it, the included stack)",
    )


def written(body: Mapping[str, Any]) -> bytes:
    """The template as CloudFormation gets it: JSON, the same bytes for the same content."""
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
