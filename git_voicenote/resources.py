"""The hooks and templates that travel with the program."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def resource(kind: str, name: str) -> Path:
    """Return the path of a shipped file: `resource("hooks", "prepare-commit-msg")`.

    A wheel carries these folders inside the package; a checkout (and so an editable install)
    has them beside it.
    """
    for root in (_PACKAGE, _PACKAGE.parent):
        path = root / kind / name
        if path.is_file():
            return path
    raise FileNotFoundError(f"{kind}/{name} is not part of this installation")
