"""A browser as the microphone of one dictation."""
