"""A series under review: what was said of it, and the answers."""
