"""The terms of a repository, ranked for the change that is being explained."""
