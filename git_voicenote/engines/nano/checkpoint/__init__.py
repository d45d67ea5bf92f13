"""Nano's weights on disk: fetch, import, read and verify them, in every published layout."""
