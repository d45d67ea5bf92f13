"""A dictation on the screen."""
