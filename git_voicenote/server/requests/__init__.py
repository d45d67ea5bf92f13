"""What clients send: bodies, uploads and the names of files, within limits."""
