"""Dictate a commit's message."""
