"""Signals, Ctrl-Z, and other programs that take the terminal."""
