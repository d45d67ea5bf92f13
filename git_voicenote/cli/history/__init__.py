"""`git voicenote history`: list, search, show, export and delete recordings."""
