"""Find, check, decode, write and compress sound files."""
