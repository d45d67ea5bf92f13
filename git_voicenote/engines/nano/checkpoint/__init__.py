"""Weights of Nano on disk: every published layout, fetched, imported and verified."""
