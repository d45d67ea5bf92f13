"""Settings from the command line, the environment and `git config voicenote.*`, in this order.

`table` holds a row for each setting, `forms` says how values are written, `sources` merges what the
person has set, and `origins` says where each value comes from.
"""

from git_voicenote.config.forms import ControlKind, ValueForm
from git_voicenote.config.origins import (
    Assignment,
    EffectiveSetting,
    SettingOrigin,
    effective_settings,
    find_setting,
    unknown_names,
)
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
    "Assignment",
    "ControlKind",
    "EffectiveSetting",
    "Setting",
    "SettingOrigin",
    "Settings",
    "ValueForm",
    "effective_settings",
    "find_setting",
    "load_settings",
    "unknown_names",
]
