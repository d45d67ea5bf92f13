"""Text processing, from a transcript to written text."""
