"""Programs that take the terminal over: the editor, the pager and man."""
