"""The engine of another machine, behind `POST /v1/audio/transcriptions`."""
