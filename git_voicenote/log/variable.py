"""The environment variable that turns the trace on."""

TRACE_VARIABLE = "GIT_VOICENOTE_TRACE"
TRACE_OFF = ("", "0", "false")
"""The values that turn it off, as with GIT_TRACE."""
