"""The structure of sound files: their streams, stated lengths, and what lies between them."""
