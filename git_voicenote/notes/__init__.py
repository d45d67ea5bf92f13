"""Notes and covers: their format, their storage in git, merging and exchange."""
