"""Read what strangers provide: JSON, YAML and TOML within limits, and values within ranges.

A repository, a model or a bundle can hold any text. A parser alone takes as long and as much
memory as that text wants, and gives numbers that no caller reckons with. So everything that comes
from elsewhere is parsed here, and only here: `tests/test_layers.py` holds it.
"""

from git_voicenote.bounded.files import open_regular, read_file
from git_voicenote.bounded.limits import Limits
from git_voicenote.bounded.structures import parse_json, parse_toml
from git_voicenote.bounded.values import moment, moment_of_git, real, text, whole
from git_voicenote.bounded.yaml import parse_yaml

__all__ = [
    "Limits",
    "moment",
    "moment_of_git",
    "open_regular",
    "parse_json",
    "parse_toml",
    "parse_yaml",
    "read_file",
    "real",
    "text",
    "whole",
]
