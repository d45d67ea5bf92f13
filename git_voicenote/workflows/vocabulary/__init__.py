"""The vocabulary of a repository: harvested, listed by users, learned by an engine."""
