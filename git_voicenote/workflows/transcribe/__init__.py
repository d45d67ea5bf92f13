"""Transcribe sound files: print the text, or write it to a folder."""
