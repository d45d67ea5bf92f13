"""From what was said to a Conventional Commits message."""
