"""From speech to segments: the preparation, the recording, and the transcript."""
