"""A series under review: its notes and the answers."""
