"""Marks of tests that run a program which not every machine has."""

from __future__ import annotations

import shutil

import pytest


def needs(program: str) -> pytest.MarkDecorator:
    """Return a mark that skips a test where a program is not installed."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


needs_curl, needs_openssl = needs("curl"), needs("openssl")
