"""Check that a kit is whole, and that this Python can use it; `install` runs it first.

python3 check.py KIT
"""

import hashlib
import platform
import sys
from pathlib import Path


def main() -> int:
    """Report the first problem; return the exit status."""
    kit = Path(sys.argv[1])
    facts = dict(line.split("=", 1) for line in (kit / "KIT").read_text().splitlines())
    problem = _platform_problem(facts) or _damage(kit)
    if problem:
        print(f"error: {problem}", file=sys.stderr)
    return 128 if problem else 0


def _platform_problem(facts: dict[str, str]) -> str | None:
    """Return why this machine is not the one that the kit is for, or None."""
    here = (sys.platform, platform.machine())
    if here != (facts["system"], facts["machine"]):
        return f"this kit is for {facts['platform']}, and this is {' '.join(here)}"
    if sys.implementation.name != "cpython":
        return f"this kit is for CPython, and this is {sys.implementation.name}"
    if sys.platform == "darwin":
        library, version = "macOS", platform.mac_ver()[0]
    else:
        library, version = platform.libc_ver()
        if library != "glibc":
            return f"this kit needs glibc, and this Python uses {library or 'another C library'}"
    if _numbers(version) < _numbers(facts["libc"]):
        return f"this kit needs {library} {facts['libc']} or later, and this is {version}"
    return None


def _damage(kit: Path) -> str | None:
    """Return which file is not what was packed, or None."""
    for line in (kit / "SHA256SUMS").read_text().splitlines():
        expected, name = line.split("  ", 1)
        try:
            with (kit / name).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as exc:
            return f"{name} cannot be read: {exc.strerror}; unpack the kit once more"
        if digest != expected:
            return f"{name} is damaged; copy the kit once more"
    return None


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")[:2]]


if __name__ == "__main__":
    sys.exit(main())
