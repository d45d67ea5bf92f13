"""A folder of small wheels, and the lock that names them, in place of a package index."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.metadata import Distribution
    from pathlib import Path


@dataclass
class Wheelhouse:
    """Wheels in a folder, and the lines of their lock."""

    folder: Path
    lines: list[str] = field(default_factory=list)

    @property
    def lock(self) -> Path:
        """The lock, as uv writes it."""
        path = self.folder / "kit.lock"
        path.write_text("".join(self.lines))
        return path

    def add(
        self, name: str, version: str, *tags: str, marker: str = "", licence: str = "MIT"
    ) -> list[Path]:
        """Add a package with a wheel for each tag."""
        metadata = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n"
        metadata += f"License-Expression: {licence}\n"
        wheels = []
        for tag in tags or ("py3-none-any",):
            path = self.folder / f"{name}-{version}-{tag}.whl"
            info = f"{name}-{version}.dist-info"
            about = f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n"
            write_wheel(
                path,
                {
                    f"{name}.py": f"TAG = {tag!r}\n".encode(),
                    f"{info}/METADATA": metadata.encode(),
                    f"{info}/WHEEL": about.encode(),
                },
            )
            wheels.append(path)
        self.pin(name, version, *wheels, marker=marker)
        return wheels

    def add_installed(self, distribution: Distribution) -> None:
        """Add the wheel of a pure package that is installed here."""
        contents = {
            entry.as_posix(): entry.read_binary()
            for entry in distribution.files or ()
            if entry.suffix != ".pyc" and not entry.as_posix().startswith("..")
            and entry.name not in ("RECORD", "INSTALLER", "REQUESTED")
        }  # fmt: skip
        name, version = distribution.name, distribution.version
        path = self.folder / f"{name}-{version}-py3-none-any.whl"
        write_wheel(path, contents)
        self.pin(name, version, path)

    def pin(self, name: str, version: str, *wheels: Path, marker: str = "") -> None:
        """Add a package to the lock, with the hashes of its wheels."""
        self.lines.append(f"{name}=={version}" + (f" ; {marker}" if marker else ""))
        for wheel in wheels:
            digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
            self.lines.append(f" \\\n    --hash=sha256:{digest}")
        self.lines.append("\n")


def write_wheel(path: Path, contents: Mapping[str, bytes]) -> None:
    """Write a wheel of these files, with its RECORD."""
    (info,) = {name.split("/")[0] for name in contents if ".dist-info/" in name}
    rows = []
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
            rows.append(f"{name},sha256={digest.decode()},{len(content)}\n")
        archive.writestr(f"{info}/RECORD", "".join([*rows, f"{info}/RECORD,,\n"]))
