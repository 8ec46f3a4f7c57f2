"""Packages on disk, where workers run them: unpacked when first needed, once for each zip."""

from __future__ import annotations

import io
import shutil
import tempfile
import threading
import zipfile
from pathlib import Path

from lambdactl.sandbox.functions.records import Package


class Unpacked:
    """A temporary directory with one directory for each package in it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._root: Path | None = None
        self._paths: dict[str, Path] = {}

    def path(self, package: Package) -> Path:
        """Where the files of ``package`` are."""
        with self._lock:
            path = self._paths.get(package.sha256)
            if path is None:
                path = self._unpack(package)
                self._paths[package.sha256] = path
            return path

    def home(self) -> Path:
        """An empty directory, for whoever looks for a home of the user."""
        with self._lock:
            home = self._directory() / "home"
            home.mkdir(exist_ok=True)
            return home

    def close(self) -> None:
        with self._lock:
            if self._root is not None:
                shutil.rmtree(self._root, ignore_errors=True)
            self._root = None
            self._paths = {}

    def _directory(self) -> Path:
        if self._root is None:
            self._root = Path(tempfile.mkdtemp(prefix="lambdactl-sandbox-")).resolve()
        return self._root

    def _unpack(self, package: Package) -> Path:
        path = self._directory() / str(len(self._paths))
        with zipfile.ZipFile(io.BytesIO(package.content)) as archive:
            archive.extractall(path)
            for entry in archive.infolist():
                if mode := (entry.external_attr >> 16) & 0o777:
                    (path / entry.filename).chmod(mode | 0o600 | (0o100 if entry.is_dir() else 0))
        path.mkdir(exist_ok=True)
        return path
