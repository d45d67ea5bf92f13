"""Git itself: its processes, the repository, commits, hooks and configuration."""
