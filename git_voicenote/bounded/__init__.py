"""Read untrusted data: JSON, YAML and TOML within limits, and values within ranges.

A repository, a model or a bundle can contain any text. Without limits, a parser uses as much time
and memory as that text requires, and returns numbers that callers do not expect. So all untrusted
data is parsed here, and only here; `tests/test_layers.py` checks this.
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
