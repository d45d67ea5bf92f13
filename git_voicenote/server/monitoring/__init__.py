"""The state of the service: its health, its counts and its memory."""
