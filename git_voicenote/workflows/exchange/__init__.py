"""One file for machines without a network: commits, notes, covers, recordings.

It is a tar of plain files. The first one, `manifest.json`, has the size and SHA-256 of the others:

    manifest.json        the content: files, heads, notes, covers
    git.bundle           commits, notes and covers, as `git bundle` makes it
    transcripts.json     with --audio: the history's entries of the recordings
    recordings/ID.flac   with --audio

`tar -xf` and `git bundle verify` can read it without this program.
"""
