"""Merge diverged notes and covers."""
