"""The formats of sound that is handed in: one table, for the search of folders and for ffmpeg.

libsndfile tells what it reads by the content, and needs no table.
"""

from __future__ import annotations

# ffmpeg's demuxer: the suffixes by which a folder is searched for such files, in lower case. Each
# demuxer is one of single files with sound in them: none opens another file. Of names with commas
# in them (mov,mp4,m4a) one is enough for ffmpeg; those here tell which suffix is whose
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
    # named one by one: nobody keeps speech in them
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
"""Names of the formats that ffmpeg may read."""
SUFFIXES = frozenset(suffix for suffixes in _TABLE.values() for suffix in suffixes.split())
"""How the names of sound files end, in lower case."""
