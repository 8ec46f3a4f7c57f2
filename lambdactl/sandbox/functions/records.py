"""What the account keeps of a function: small records, for there may be 60,000 versions.

A published version shares the settings and the package of the ``$LATEST`` it was made from, so a
version that changed nothing costs a few hundred bytes however large its zip is. AWS counts the zip
of every version in full all the same (``counted``), and so does the account's storage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

LATEST = "$LATEST"
LATEST_PUBLISHED = "$LATEST.PUBLISHED"
"""The version that unqualified invocations of a function on a capacity provider run on."""


def position(label: str) -> float:
    """Where a version stands in a list: ``$LATEST``, ``$LATEST.PUBLISHED``, then by number."""
    if label in (LATEST, LATEST_PUBLISHED):
        return 0.0 if label == LATEST else 0.5
    return float(label)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Package:
    """Code as it was uploaded. ``counted`` are the bytes of quota that each copy takes."""

    sha256: str
    """base64, as Lambda shows it."""
    size: int
    content: bytes
    counted: int
    image_uri: str | None = None
    s3_object: Mapping[str, str] | None = None
    """Where code that Lambda does not copy lies (S3ObjectStorageMode REFERENCE)."""


@dataclass(frozen=True, slots=True, eq=False)
class Settings:
    """The configuration of a function, by the members of botocore's FunctionConfiguration."""

    members: Mapping[str, Any]
    sha256: str

    @property
    def runtime(self) -> str:
        return str(self.members.get("Runtime", ""))

    @property
    def log_group(self) -> str:
        return str(self.members["LoggingConfig"]["LogGroup"])


@dataclass(slots=True, eq=False)
class FunctionVersion:
    """``$LATEST`` or a published version. ``modified`` is account time."""

    label: str
    settings: Settings
    package: Package
    description: str
    modified: float
    revision_id: str
    state: Literal["Pending", "Active", "Deleting"] = "Pending"
    updating: bool = False
    """Of ``$LATEST``: LastUpdateStatus is InProgress."""
    replicated: bool = False
    """Lambda@Edge has copies of it, which keeps it from being deleted."""


@dataclass(slots=True, eq=False)
class Alias:
    """``weights`` is AdditionalVersionWeights: at most one version, with its share of 1.0."""

    name: str
    version: str
    weights: Mapping[str, float]
    description: str
    revision_id: str

    @property
    def versions(self) -> tuple[str, ...]:
        return (self.version, *self.weights)

    @property
    def shares(self) -> dict[str, float]:
        """What each version gets of the calls."""
        return {self.version: 1.0 - sum(self.weights.values()), **self.weights}


@dataclass(slots=True, eq=False)
class Provisioned:
    requested: int
    modified: float
    ready: bool = False


@dataclass(slots=True, eq=False)
class EventInvoke:
    """How asynchronous invocations of one qualifier are retried."""

    modified: float
    members: dict[str, Any]


@dataclass(slots=True, eq=False)
class FunctionUrl:
    """``members`` are the settings; ``created`` and ``modified`` are as Lambda writes them."""

    id: str
    members: dict[str, Any]
    created: str
    modified: str


@dataclass(slots=True, eq=False)
class DurableExecution:
    """``version`` is the label that it started on and stays on; times are account time."""

    name: str
    id: str
    version: str
    status: str
    started: float
    ended: float | None = None


@dataclass(slots=True, eq=False)
class LayerVersion:
    number: int
    package: Package
    members: dict[str, Any]
    created: float


@dataclass(slots=True, eq=False)
class Layer:
    """``next_number`` only grows: the number of a deleted layer version does not come back."""

    name: str
    versions: dict[int, LayerVersion] = field(default_factory=dict)
    next_number: int = 1


@dataclass(slots=True, eq=False)
class Function:
    """``published`` is in ascending order; policies, provisioned concurrency and the rest are kept
    by qualifier, ``$LATEST`` standing for none."""

    name: str
    latest: FunctionVersion
    published: dict[str, FunctionVersion] = field(default_factory=dict)
    next_number: int = 1
    changed: bool = True
    """Since the last publish."""
    aliases: dict[str, Alias] = field(default_factory=dict)
    policies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    reserved: int | None = None
    provisioned: dict[str, Provisioned] = field(default_factory=dict)
    event_invoke: dict[str, EventInvoke] = field(default_factory=dict)
    urls: dict[str, FunctionUrl] = field(default_factory=dict)
    executions: list[DurableExecution] = field(default_factory=list)
    latest_published: FunctionVersion | None = None
    """``$LATEST.PUBLISHED``, of a function on a capacity provider."""

    def version(self, label: str) -> FunctionVersion | None:
        if label == LATEST_PUBLISHED:
            return self.latest_published
        return self.latest if label == LATEST else self.published.get(label)

    def versions(self) -> Iterator[FunctionVersion]:
        yield self.latest
        if self.latest_published is not None:
            yield self.latest_published
        yield from self.published.values()
