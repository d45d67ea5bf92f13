"""The vocabulary of a repository: harvest it, read users' lists, learn its language."""
