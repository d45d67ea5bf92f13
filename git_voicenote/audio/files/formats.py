"""The formats of sound files: one table, for the search in folders and for ffmpeg.

libsndfile recognizes formats by the content, and needs no table.
"""

from __future__ import annotations

# ffmpeg's demuxer: the suffixes of its files, in lower case, for the search in folders. Each
# demuxer reads a single file: none opens others. Of a name with commas (mov,mp4,m4a), one part is
# enough for ffmpeg; the parts that are listed show which suffix belongs to which
_TABLE = {
    # what libsndfile reads, too
    "wav": ".wav .wave .bwf .rf64",
    "w64": ".w64",
    "flac": ".flac",
    "ogg": ".ogg .opus",
    "oga": ".oga",
    "mp3": ".mp3",
    "aiff": ".aif .aiff .aifc",
    "au": ".au .snd",
    "caf": ".caf",
    # recordings of meetings and telephones
    "m4a": ".m4a .m4b",
    "mp4": ".mp4 .m4v .3gp",
    "mov": ".mov",
    "aac": ".aac",
    "asf": ".wma",
    "amr": ".amr",
    "ac3": ".ac3",
    "matroska": ".mka .mkv",
    "webm": ".webm",
    "avi": ".avi",
    "mpeg": ".mpg .mpeg",
    # read if named, but not searched for: they rarely contain speech
    **dict.fromkeys(
        (
            "aa", "aea", "alaw", "amrnb", "amrwb", "ape", "apm", "avr", "dsf", "dts", "dtshd",
            "eac3", "flv", "g722", "g726", "gsm", "iff", "ircam", "loas", "mlp", "mmf", "mpc",
            "mpc8", "mpegts", "mulaw", "mxf", "nistsphere", "nut", "oma", "paf", "pvf", "rm",
            "rso", "sds", "shn", "sox", "spdif", "tak", "truehd", "tta", "voc", "wsd", "wtv", "wv",
            "wve", "xwma",
        ),
        "",
    ),
}  # fmt: skip

DEMUXERS = tuple(_TABLE)
"""The formats that ffmpeg may read."""
SUFFIXES = frozenset(suffix for suffixes in _TABLE.values() for suffix in suffixes.split())
"""The suffixes of sound files, in lower case."""
