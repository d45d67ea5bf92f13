"""Recordings on disk and their history."""
