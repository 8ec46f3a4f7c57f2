"""Where one can go with the AWS configuration of this machine: its profiles, and AWS's regions.

Both are read from files, the operator's and those that botocore brings along; the network is never
asked, so that one can leave a place that does not answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SERVICE = "lambda"


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile of the AWS configuration; ``origin`` is the file that has it, or both of them."""

    name: str
    region: str | None
    login: str
    """How it comes to its credentials: ``SSO``, ``role NAME``, ``keys``, ``process``, or empty."""
    origin: str


@dataclass(frozen=True, slots=True)
class Region:
    """``partition`` is ``aws``, ``aws-cn``, ...: accounts of one are not known in another."""

    name: str
    about: str
    partition: str


def profiles() -> tuple[Profile, ...]:
    """Every profile, by name. Raises UsageError for a file that botocore cannot read."""
    session = _session()
    with _reading():
        known: Mapping[str, Mapping[str, Any]] = session.full_config["profiles"]
        origins = {name: _origin(session, name) for name in known}
    return tuple(
        Profile(name, known[name].get("region"), _login(known[name]), origins[name])
        for name in sorted(known)
    )


def regions() -> tuple[Region, ...]:
    """Every region that has Lambda, as far as this botocore knows; the public ones first."""
    session = _session()
    with _reading():
        told = {p["partition"]: p["regions"] for p in session.get_data("endpoints")["partitions"]}
        return tuple(
            Region(name, str(told[partition].get(name, {}).get("description", "")), partition)
            for partition in sorted(told, key=lambda p: (p != "aws", p))
            for name in sorted(session.get_available_regions(SERVICE, partition))
        )


def _session() -> Any:
    import botocore.session

    return botocore.session.Session()


def _login(profile: Mapping[str, Any]) -> str:
    if "sso_session" in profile or "sso_start_url" in profile:
        return "SSO"
    if "role_arn" in profile:
        return f"role {str(profile['role_arn']).rpartition('/')[2]}"
    if "credential_process" in profile:
        return "process"
    return "keys" if "aws_access_key_id" in profile else ""


def _origin(session: Any, name: str) -> str:
    """The files that name the profile. In one of them it is ``[profile NAME]``, in the other
    ``[NAME]``."""
    from botocore.configloader import load_config, raw_config_parse

    readers: dict[str, Any] = {
        "config_file": lambda file: load_config(file)["profiles"],
        "credentials_file": raw_config_parse,
    }
    files = {session.get_config_variable(key): read for key, read in readers.items()}
    there = ((file, read) for file, read in files.items() if Path(file).expanduser().is_file())
    return ", ".join(file for file, read in there if name in read(file))


@contextmanager
def _reading() -> Iterator[None]:
    """Inside, what botocore cannot parse becomes an error of ours that names the file."""
    from botocore.exceptions import BotoCoreError

    from lambdactl.aws.failures import Asked
    from lambdactl.aws.mapping import translate

    try:
        yield
    except BotoCoreError as error:
        raise translate(error, Asked(SERVICE, "configuration")) from error
