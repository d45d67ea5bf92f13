"""Find the speech in sound, ahead of the engine if possible."""
