"""Dictate a text: to stdout, or into a file that a program opens in an editor."""
