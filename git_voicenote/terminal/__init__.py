"""How a terminal talks: questions, keys, the editor, the pager, meters and bars."""
