"""The terminal: questions, keys, the editor, the pager, meters and bars."""
