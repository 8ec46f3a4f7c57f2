"""botocore's session, without the look through all it has.

To be able to say that there is no such service botocore lists the folders of all four hundred,
twice, before it makes its first client: a tenth of the time of a command that makes one call.
Whoever asks here knows what the service is called.

The models are read once for the process: those of a few services take some twenty megabytes, and a
console that goes from account to account would hold them once for each.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import botocore.session
from botocore.loaders import Loader


class NearLoader(Loader):
    """Knows of the services that were asked for, and of no others."""

    def __init__(self, folders: str | None) -> None:
        """``folders`` are more places to look in: what AWS_DATA_PATH or data_path says."""
        parts = folders.split(os.pathsep) if folders else []
        places = [Path(os.path.expandvars(part)).expanduser() for part in parts]
        super().__init__(extra_search_paths=[str(place) for place in places])
        self._found: set[str] = set()

    def load_service_model(
        self, service_name: str, type_name: str, api_version: str | None = None
    ) -> dict[str, object]:
        """As botocore's own; raises UnknownServiceError where no folder has this name."""
        if any(Path(place, service_name).is_dir() for place in self.search_paths):
            self._found.add(service_name)
        told: dict[str, object] = super().load_service_model(service_name, type_name, api_version)
        return told

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002
        """Those that are there, of those that were asked for."""
        return sorted(self._found)


def session() -> botocore.session.Session:
    """A session of its own, by the same rules as every other, for boto3 to stand on."""
    made = botocore.session.get_session()
    made.lazy_register_component(
        "data_loader", lambda: loader(made.get_config_variable("data_path"))
    )
    return made


def loader(folders: str | None) -> NearLoader:
    """The one that all sessions share whose ``folders`` are the same."""
    made = _made(folders)
    # Each session of boto3 adds its own folder.
    made.search_paths[:] = dict.fromkeys(made.search_paths)
    return made


@lru_cache(maxsize=8)
def _made(folders: str | None) -> NearLoader:
    return NearLoader(folders)
