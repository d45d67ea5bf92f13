"""A series as a description, for a pull request: its cover, then each commit with its note."""
