"""Lambda as it is: functions, versions, aliases, code storage, in our own shapes.

A weight is a share of 0.0 to 1.0 at AWS and per cent here; it is rounded to ten digits on the way
in and out, so that seven per cent stays seven per cent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Literal

from lambdactl.aws.door import Door
from lambdactl.errors import LambdactlError, PermissionDenied
from lambdactl.model import Alias, Routing, Target, Version
from lambdactl.model_configuration import Listed
from lambdactl.model_storage import Storage

PAGE = 50
"""So many functions are in one page of Lambda's listing."""


def listed(door: Door) -> Iterator[tuple[Listed, ...]]:
    """Every function of the account in this region, as many at a time as AWS tells in a call."""
    rows = door.pages("lambda", "ListFunctions", "Functions", "the functions")
    while some := tuple(islice(rows, PAGE)):
        yield tuple(listed_from(row) for row in some)


def listed_from(row: Mapping[str, Any]) -> Listed:
    return Listed(row["FunctionName"], time_of(row.get("LastModified")), row.get("CodeSize"))


def functions(door: Door) -> tuple[str, ...]:
    """The names of every function of the account in this region, sorted."""
    return tuple(sorted(function.name for page in listed(door) for function in page))


def aliases(door: Door, function: str) -> tuple[Alias, ...]:
    """Every alias, by name. NotFound where there is no such function.

    The listing is never filtered by version: whether AWS's filter sees a version that an alias only
    weights is not documented.
    """
    rows = door.pages(
        "lambda", "ListAliases", "Aliases", f"function {function}", FunctionName=function
    )
    return tuple(sorted((alias_from(row) for row in rows), key=lambda a: a.name))


def alias(door: Door, target: Target) -> Alias:
    """One alias, asked for by name; NotFound where there is none."""
    answer = door.call(
        "lambda", "GetAlias", f"alias {target}", FunctionName=target.function, Name=target.alias
    )
    return alias_from(answer)


def versions(door: Door, function: str) -> tuple[Version, ...]:
    """Every published version, oldest first; ``$LATEST`` and ``$LATEST.PUBLISHED`` are none."""
    rows = door.pages(
        "lambda",
        "ListVersionsByFunction",
        "Versions",
        f"function {function}",
        FunctionName=function,
    )
    published = (version_from(row) for row in rows if row["Version"].isdecimal())
    return tuple(sorted(published, key=lambda v: v.number))


def state(door: Door, function: str, number: int) -> str | None:
    """Pending, Active, Inactive, Failed, ...: the listings do not say it."""
    answer = door.call(
        "lambda",
        "GetFunctionConfiguration",
        f"version {function}:{number}",
        FunctionName=function,
        Qualifier=str(number),
    )
    told: str | None = answer.get("State")
    return told


def provisioned(door: Door, function: str) -> frozenset[str]:
    """The qualifiers, alias names and version numbers, that have provisioned concurrency."""
    rows = door.pages(
        "lambda",
        "ListProvisionedConcurrencyConfigs",
        "ProvisionedConcurrencyConfigs",
        f"provisioned concurrency of {function}",
        FunctionName=function,
    )
    return frozenset(row["FunctionArn"].rsplit(":", 1)[-1] for row in rows)


def storage(door: Door) -> Storage:
    """Code storage in bytes. The limit is read, never assumed: it differs between accounts."""
    answer = door.call("lambda", "GetAccountSettings", "code storage")
    return Storage(
        used=answer["AccountUsage"]["TotalCodeSize"], limit=answer["AccountLimit"]["TotalCodeSize"]
    )


def tags(door: Door, function: str) -> Mapping[str, str]:
    """The function's tags, of which CloudFormation's own name the stack that made it."""
    answer = door.call("lambda", "GetFunction", f"function {function}", FunctionName=function)
    if "TagsError" in answer:
        # GetFunction answers without the tags where only they may not be read.
        raise PermissionDenied(
            f"no permission: lambda:ListTags on function {function}",
            action="lambda:ListTags",
            why=answer["TagsError"].get("Message"),
            hint="ask for lambda:ListTags; lambdactl iam-policy prints who needs what",
        )
    return dict(answer.get("Tags", {}))


def alias_from(row: Mapping[str, Any]) -> Alias:
    return Alias(
        name=row["Name"],
        arn=row["AliasArn"],
        routing=routing_from(row),
        revision_id=row["RevisionId"],
        description=row.get("Description", ""),
    )


def routing_from(row: Mapping[str, Any]) -> Routing:
    weights = (row.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    stable = number_of(row["FunctionVersion"])
    if not weights:
        return Routing(stable)
    if len(weights) > 1:
        raise LambdactlError(
            f"alias {row['Name']} routes to {len(weights) + 1} versions; two is the most we know",
            why=f"AdditionalVersionWeights is {weights}",
        )
    ((canary, share),) = weights.items()
    return Routing(stable, int(canary), percent_of(share))


def percent_of(share: float) -> float:
    return round(share * 100.0, 10)


def share_of(percent: float) -> float:
    return round(percent / 100.0, 12)


def number_of(version: str) -> int | None:
    return int(version) if version.isdecimal() else None


def version_from(row: Mapping[str, Any]) -> Version:
    return Version(
        number=int(row["Version"]),
        published=time_of(row.get("LastModified")),
        description=row.get("Description", ""),
        code_sha256=row.get("CodeSha256", ""),
        code_size=row.get("CodeSize", 0),
        runtime=row.get("Runtime"),
        handler=row.get("Handler"),
        memory_mb=row.get("MemorySize"),
        timeout_s=row.get("Timeout"),
        role=row.get("Role", ""),
        dead_letter_arn=row.get("DeadLetterConfig", {}).get("TargetArn") or None,
        package_type=package_type_of(row),
        architectures=tuple(row.get("Architectures", ())),
        layers=tuple(layer["Arn"] for layer in row.get("Layers", ())),
        state=row.get("State"),
        durable="DurableConfig" in row,
        managed="CapacityProviderConfig" in row,
        snap_start=row.get("SnapStart", {}).get("ApplyOn") == "PublishedVersions",
    )


def package_type_of(row: Mapping[str, Any]) -> Literal["Zip", "Image"]:
    return "Image" if row.get("PackageType") == "Image" else "Zip"


def time_of(text: str | None) -> datetime | None:
    """Lambda's LastModified: ISO 8601 with ``+0000``."""
    return datetime.fromisoformat(text) if text else None
