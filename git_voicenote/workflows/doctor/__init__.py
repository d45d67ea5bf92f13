"""Check what is installed, and say the way out where something does not work.

`checks` is the table of checks; each of them is in the module of its topic.
"""
