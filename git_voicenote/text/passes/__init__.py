"""The passes that a text goes through between the engine and the page."""
