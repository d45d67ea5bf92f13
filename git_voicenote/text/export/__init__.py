"""Transcripts as files for other programs."""
