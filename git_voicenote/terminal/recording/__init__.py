"""The display of a dictation."""
