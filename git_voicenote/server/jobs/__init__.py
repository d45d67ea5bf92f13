"""Jobs: files that are transcribed one after the other, whoever still looks on."""
