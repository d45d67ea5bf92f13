"""`git voicenote sync`: exchange notes and covers with others."""
