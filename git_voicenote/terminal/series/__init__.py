"""A series on the screen."""
