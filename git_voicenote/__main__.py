"""Run `git voicenote` as `python -m git_voicenote`."""

from git_voicenote.cli import main

main()
