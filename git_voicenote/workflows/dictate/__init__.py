"""Dictate a text: to stdout, or into a file that a program is about to have edited."""
