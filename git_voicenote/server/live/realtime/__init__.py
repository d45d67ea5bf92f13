"""GET /v1/realtime: transcription sessions as OpenAI's clients speak them."""
