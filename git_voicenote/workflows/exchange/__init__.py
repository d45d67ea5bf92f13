"""One file for machines without a network: commits, notes, covers, recordings.

A tar of plain files, each told with its size and sha256 in the first, `manifest.json`:

    manifest.json        what is in it: files, heads, notes, covers
    git.bundle           commits, notes and covers, as `git bundle` makes it
    transcripts.json     with --audio: what the history knows of the recordings
    recordings/ID.flac   with --audio

`tar -xf` and `git bundle verify` can read it without this program.
"""
