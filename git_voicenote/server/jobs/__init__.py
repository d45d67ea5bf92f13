"""Jobs: files that are transcribed in turn, whether or not a client is still connected."""
