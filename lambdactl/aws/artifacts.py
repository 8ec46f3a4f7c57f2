"""Local code as zips in a bucket, each under the hash of what it holds.

The key is made of names, modes and contents, not of the zip's own bytes: two machines with other
compressors agree on it, and code that did not change has the key it had, so it is neither sent
again nor taken for a new release by CloudFormation. What the bucket has already is not even zipped.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lambdactl.aws.door import Door
from lambdactl.aws.sources import Source
from lambdactl.errors import NotFound, PermissionDenied, UsageError

PREFIX = "lambdactl/"
MAX_UNZIPPED = 250 * 1024 * 1024
"""Lambda's limit for a function with its layers, bytes."""
LEFT_OUT = frozenset(
    (
        "__pycache__",
        ".aws-sam",
        ".DS_Store",
        ".git",
        ".hg",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".svn",
        ".venv",
    )
)
LEFT_OUT_SUFFIXES = (".pyc", ".pyo")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a zip can carry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive: its name inside, with slashes."""

    name: str
    path: Path
    mode: int


@dataclass(frozen=True, slots=True)
class Artifact:
    """What one path of the template becomes. Without ``entries`` the file is sent as it is."""

    path: Path
    written: str
    key: str
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """Where an artifact is now; ``sent`` bytes, None where the bucket had it already."""

    artifact: Artifact
    bucket: str
    sent: int | None


@contextmanager
def reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path} cannot be read", why=str(error)) from error


def artifacts_of(sources: tuple[Source, ...]) -> tuple[Artifact, ...]:
    """One artifact for each path, however many resources share it."""
    by_path = {source.path: source for source in sources}
    return tuple(artifact_of(source) for source in by_path.values())


def artifact_of(source: Source) -> Artifact:
    path = source.path
    if path.is_file() and (not source.rule.zipped or zipfile.is_zipfile(path)):
        return Artifact(path, source.written, f"{PREFIX}{digest(path)}{path.suffix}")
    if not source.rule.zipped:
        raise UsageError(
            f"{source.rule.property} of {source.owner} names a folder, and must name a file",
            why=str(path),
        )
    with reading(path):
        entries = tuple(sorted(entries_of(path), key=lambda e: e.name))
        refuse_size(source, entries)
    key = fingerprint((entry, digest(entry.path)) for entry in entries)
    return Artifact(path, source.written, f"{PREFIX}{key}.zip", entries)


def refuse_size(source: Source, entries: tuple[Entry, ...]) -> None:
    if not entries:
        raise UsageError(f"{source.owner} has no code: {source.path} is empty")
    size = sum(entry.path.stat().st_size for entry in entries)
    if size > MAX_UNZIPPED:
        raise UsageError(
            f"the code of {source.owner} is too big for Lambda: {size / 2**20:.0f} MB, at most 250",
            why=f"{len(entries)} files in {source.path}",
            hint="leave out what the function does not need, or run it from a container image",
        )


def entries_of(path: Path) -> Iterator[Entry]:
    """The files of a folder without caches and the like; links are followed, once each."""
    if path.is_file():
        yield entry_at(path.name, path)
        return
    yield from inside(path, "", frozenset((path.resolve(),)))


def inside(folder: Path, prefix: str, above: frozenset[Path]) -> Iterator[Entry]:
    for path in folder.iterdir():
        if path.name in LEFT_OUT or path.name.endswith(LEFT_OUT_SUFFIXES):
            continue
        real = path.resolve()
        if path.is_dir():
            if real in above:
                raise UsageError(f"{path} is a link to a folder that it stands in")
            yield from inside(path, f"{prefix}{path.name}/", above | {real})
        elif not path.is_file():
            raise UsageError(f"{path} is neither a file nor a folder", why=f"it leads to {real}")
        else:
            yield entry_at(f"{prefix}{path.name}", path)


def entry_at(name: str, path: Path) -> Entry:
    """Lambda reads as another user: everyone may read, and run what its owner may run."""
    return Entry(name, path, 0o755 if path.stat().st_mode & 0o100 else 0o644)


def digest(path: Path) -> str:
    with reading(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(entries: Iterable[tuple[Entry, str]]) -> str:
    """sha256 over the name, mode and sha256 of every entry, in order."""
    total = hashlib.sha256()
    for entry, content in entries:
        total.update(f"{entry.name}\0{entry.mode:o}\0{content}\n".encode())
    return total.hexdigest()


def content_of(artifact: Artifact) -> bytes:
    """The bytes to send: the same for the same content.

    UsageError when the files are no longer what the key says: a key must never hold other code.
    """
    with reading(artifact.path):
        files = [entry.path.read_bytes() for entry in artifact.entries]
        content = zipped(artifact.entries, files) if files else artifact.path.read_bytes()
    digests = [hashlib.sha256(file).hexdigest() for file in files]
    pairs = zip(artifact.entries, digests, strict=True)
    now = fingerprint(pairs) if files else hashlib.sha256(content).hexdigest()
    if now not in artifact.key:
        raise UsageError(
            f"{artifact.path} was changed while it was packaged",
            hint="deploy again; nothing was sent",
        )
    return content


def zipped(entries: tuple[Entry, ...], files: list[bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, file in zip(entries, files, strict=True):
            info = zipfile.ZipInfo(entry.name, EPOCH)
            info.create_system = 3
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o100000 | entry.mode) << 16
            archive.writestr(info, file)
    return buffer.getvalue()


def store(door: Door, bucket: str, owner: str, artifact: Artifact) -> Stored:
    """Put ``artifact`` into ``bucket``, unless it is there. ``owner`` is the bucket's account."""
    if is_stored(door, bucket, owner, artifact.key):
        return Stored(artifact, bucket, None)
    content = content_of(artifact)
    put(door, bucket, owner, artifact.key, content)
    return Stored(artifact, bucket, len(content))


def is_stored(door: Door, bucket: str, owner: str, key: str) -> bool:
    try:
        door.call(
            "s3",
            "HeadObject",
            f"s3://{bucket}/{key}",
            Bucket=bucket,
            Key=key,
            ExpectedBucketOwner=owner,
        )
    except NotFound:
        return False
    except PermissionDenied:
        # S3 answers 403 for what is not there to whoever may not list: sending it again is safe.
        return False
    return True


def put(door: Door, bucket: str, owner: str, key: str, content: bytes) -> None:
    """Send ``content``; repeated by botocore if need be, for the same key has the same content."""
    door.call(
        "s3",
        "PutObject",
        f"s3://{bucket}/{key}",
        Bucket=bucket,
        Key=key,
        Body=content,
        ExpectedBucketOwner=owner,
    )


def put_template(door: Door, bucket: str, owner: str, content: bytes) -> str:
    """Send a template; its key."""
    key = f"{PREFIX}{hashlib.sha256(content).hexdigest()}.template.json"
    if not is_stored(door, bucket, owner, key):
        put(door, bucket, owner, key, content)
    return key
