"""A series described for readers elsewhere: its cover, then each commit with its note."""
