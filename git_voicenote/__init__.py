"""Explain a patch by speaking: voice notes where git people read."""

__version__ = "0.1.0"
