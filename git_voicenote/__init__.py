"""Explain a patch by speaking: voice notes for commits, cover letters and commit messages."""

__version__ = "0.2.0"
