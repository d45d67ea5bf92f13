"""Speech engines with a common interface."""
