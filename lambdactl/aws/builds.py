"""Code that is not ready to run is refused, with the command that makes it ready.

A folder is zipped as it stands. If it needs an installer or a compiler first, the zip would deploy
well and fail at its first call, on live traffic: better to say so before anything is sent. What
``sam build`` wrote is taken as it is; it is told by the Metadata that ``sam build`` adds.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lambdactl.aws.sources import Source
from lambdactl.aws.templates import BUILT, Template
from lambdactl.errors import Refused, UsageError


def refuse_unbuilt(template: Template, sources: tuple[Source, ...]) -> None:
    """Raise Refused for the first source that only a build makes runnable."""
    for name, resource in template.resources.items():
        if not name.startswith("Fn::"):
            refuse_image(template, name, resource)
    for source in sources:
        if source.rule.zipped and "SamResourceId" not in source.metadata:
            reason = build_reason(source)
            if reason is not None:
                raise unbuilt(template, source.owner, reason)


def unbuilt(template: Template, owner: str, reason: str) -> Refused:
    return Refused(
        f"{owner} needs a build before it can be deployed",
        why=reason,
        hint=f"sam build --template {template.path}, then lambdactl deploy --template {BUILT}",
    )


def refuse_image(template: Template, name: str, resource: Mapping[str, Any]) -> None:
    """A container image is pushed to a registry by SAM, not by this program."""
    if resource["Type"] not in ("AWS::Serverless::Function", "AWS::Lambda::Function"):
        return
    properties = resource.get("Properties", {})
    image = properties.get("ImageUri")
    is_local = isinstance(image, str) and ".dkr.ecr." not in image
    if is_local or (properties.get("PackageType") == "Image" and not image_of(properties)):
        raise Refused(
            f"{name} runs a container image that is not in a registry",
            why=f"ImageUri is {image}" if image else "it names no ImageUri",
            hint=f"sam build --template {template.path}, then sam deploy, which pushes images",
        )


def image_of(properties: Mapping[str, Any]) -> Any:
    code = properties.get("Code")
    return properties.get("ImageUri") or (
        code.get("ImageUri") if isinstance(code, Mapping) else None
    )


def build_reason(source: Source) -> str | None:
    """Why the folder cannot run as it stands; None where nothing speaks against it."""
    method = source.metadata.get("BuildMethod")
    if method is not None:
        return f"its Metadata asks for BuildMethod {method}"
    if source.path.is_file():
        return None
    for name, needs in MANIFESTS.items():
        manifest = source.path / name
        if manifest.is_file() and (why := needs(manifest)):
            return f"{source.written.rstrip('/')}/{name} {why}"
    return runtime_reason(source)


def requirements(manifest: Path) -> str | None:
    lines = (line.split("#")[0].strip() for line in text_of(manifest).splitlines())
    entries = [line for line in lines if line]
    return asks_for(entries)


def pyproject(manifest: Path) -> str | None:
    try:
        project = tomllib.loads(text_of(manifest)).get("project", {})
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{manifest} is not TOML", why=str(error)) from error
    entries = project.get("dependencies", [])
    return asks_for(entries)


def package_json(manifest: Path) -> str | None:
    try:
        package = json.loads(text_of(manifest))
    except json.JSONDecodeError as error:
        raise UsageError(f"{manifest} is not JSON", why=str(error)) from error
    entries = list(package.get("dependencies", {}))
    if (manifest.parent / "node_modules").is_dir():
        return None
    return asks_for(entries)


def gemfile(manifest: Path) -> str | None:
    if (manifest.parent / "vendor").is_dir():
        return None
    lines = (line.strip() for line in text_of(manifest).splitlines())
    return asks_for([line for line in lines if line.startswith("gem ")])


def compiled(manifest: Path) -> str | None:
    outputs = ("bootstrap", "*.class", "*.jar", "*.dll", "*.js")
    if any(next(manifest.parent.rglob(pattern), None) for pattern in outputs):
        return None
    return "describes a program that must be compiled"


def asks_for(entries: list[str]) -> str | None:
    if not entries:
        return None
    more = f" and {len(entries) - 1} more" if len(entries) > 1 else ""
    return f"asks for {entries[0]}{more}"


def text_of(manifest: Path) -> str:
    try:
        return manifest.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{manifest} cannot be read", why=str(error)) from error


MANIFESTS: Mapping[str, Callable[[Path], str | None]] = {
    "requirements.txt": requirements,
    "pyproject.toml": pyproject,
    "package.json": package_json,
    "Gemfile": gemfile,
    "tsconfig.json": compiled,
    "go.mod": compiled,
    "Cargo.toml": compiled,
    "pom.xml": compiled,
    "build.gradle": compiled,
    "build.gradle.kts": compiled,
}
COMPILED = {"java": ("*.class", "lib/*.jar"), "dotnet": ("*.dll",), "provided": ("bootstrap",)}
"""What a folder must hold, of which at least one, for a runtime that runs compiled programs."""


def runtime_reason(source: Source) -> str | None:
    runtime = source.properties.get("Runtime")
    if not isinstance(runtime, str):
        return None
    for family, wanted in COMPILED.items():
        if runtime.startswith(family) and not any(
            next(source.path.rglob(pattern), None) for pattern in wanted
        ):
            return f"{runtime} runs {' or '.join(wanted)}, and {source.written} holds none"
    if runtime.startswith("nodejs") and next(source.path.glob("*.ts"), None):
        return f"{source.written} holds TypeScript"
    return None
