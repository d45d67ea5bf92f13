"""From what was heard to what is written."""
