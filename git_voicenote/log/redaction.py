"""Remove secrets from what is logged: git's own trace shows those in URLs and headers."""

from __future__ import annotations

import re

_USER = re.compile(r"(://)[^/@\s]{1,1000}@")
"""`https://user:password@host`."""
_NAMED = re.compile(
    r"((?:authorization|password|passwd|secret|token)['\"]?[:=]\s{0,9})"
    r"(?:(?:basic|bearer|token)\s{1,9})?[^\s'\"&]{1,4000}",
    re.IGNORECASE,
)
"""`Authorization: Bearer x`, `?access_token=x`."""
_KNOWN = re.compile(r"\b(?:gh[opsru]_|github_pat_|glpat-|hf_)\w{8,400}")
"""The tokens of GitHub, GitLab and the Hugging Face hub."""


def without_secrets(text: str) -> str:
    """Return a text with every password and token replaced by `***`."""
    text = _USER.sub(r"\1***@", text)
    text = _NAMED.sub(r"\1***", text)
    return _KNOWN.sub("***", text)
