"""Find missing notes, unfinished work, and unsent notes."""
