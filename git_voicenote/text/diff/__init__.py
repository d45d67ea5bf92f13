"""Diffs as people read them, and the places in them that words are about."""
