"""Check the installation, and name the fix for each problem.

`checks` is the table of checks; each check is in the module of its topic.
"""
