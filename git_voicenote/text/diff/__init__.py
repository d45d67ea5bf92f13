"""Parse and format diffs, and find the places in them that a text refers to."""
