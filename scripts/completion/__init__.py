"""Completions for the shells, rendered from the commands: `python -m scripts.completion`."""
