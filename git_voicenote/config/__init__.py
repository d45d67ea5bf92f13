"""Settings from the command line, the environment and `git config voicenote.*`, in this order.

`table` holds a row for each setting, `forms` says how values are written, and `sources` merges
what the person has set.
"""

from git_voicenote.config.forms import Form, Kind
from git_voicenote.config.sources import load_settings
from git_voicenote.config.table import (
    NOTES_REF,
    REMOTE_TOKEN,
    REVIEW_REF,
    SETTINGS,
    Setting,
    Settings,
)

__all__ = [
    "NOTES_REF",
    "REMOTE_TOKEN",
    "REVIEW_REF",
    "SETTINGS",
    "Form",
    "Kind",
    "Setting",
    "Settings",
    "load_settings",
]
