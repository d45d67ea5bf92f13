"""Compose a Conventional Commits message from a transcript."""
