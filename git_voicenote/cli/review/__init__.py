"""`git voicenote review`: read a series with its notes, and answer it."""
