"""Speech found in sound, ahead of the engine where it can be."""
