"""Missing notes, unfinished work, and unsent notes."""
