"""`python -m git_voicenote` is `git voicenote`."""

from git_voicenote.cli import main

main()
