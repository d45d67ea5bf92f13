"""The table of checks. If one fails, the others still run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.errors import VoicenoteError
from git_voicenote.log import Log
from git_voicenote.workflows.doctor import installation, repository, sound, speech, storage
from git_voicenote.workflows.doctor.findings import Check, problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from git_voicenote.workflows.doctor.findings import CheckedSetup, Finding

_log = Log(__name__)

CHECKS = (
    Check("git", installation.git),
    Check("python", installation.python),
    Check("PATH", installation.path),
    Check("manual", installation.manual),
    Check("place", installation.place),
    Check("settings", storage.settings),
    Check("engine", speech.engine),
    Check("weights", speech.weights),
    Check("learned", speech.learned),
    Check("PortAudio", sound.portaudio),
    Check("microphone", sound.microphone),
    Check("ffmpeg", installation.ffmpeg),
    Check("server", installation.server),
    Check("hooks", repository.hooks),
    Check("rewriteRef", repository.rewrite),
    Check("recordings", storage.recordings),
    Check("history", storage.history),
    Check("disk", storage.disk),
    Check("failures", storage.failures),
)
"""The checks, in the order in which they run and are shown."""


def examine(
    patient: CheckedSetup, checks: Sequence[Check] = CHECKS
) -> Iterator[tuple[Check, Finding]]:
    """Run the checks and yield their findings. An error becomes a finding with its hint."""
    for check in checks:
        try:
            for finding in check.run(patient):
                yield check, finding
        except VoicenoteError as exc:
            yield check, problem(exc.message, exc.hint)
        except Exception as exc:  # noqa: BLE001 - a failing check must not end the others
            path = _log.failed(f"the check {check.name} failed", exc)
            hint = f"{path} has the details" if path else None
            yield check, problem(f"the check itself failed: {type(exc).__name__}: {exc}", hint)
