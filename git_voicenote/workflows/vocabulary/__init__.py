"""The words of a repository: harvested, listed by people, learned by an engine."""
