"""The text passes between the engine and the note."""
