"""Programs that take over the terminal: the editor, the pager and man."""
