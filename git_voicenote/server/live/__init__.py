"""Live speech: dictations of the page, and OpenAI's realtime transcription."""
