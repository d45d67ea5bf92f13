"""Speech to text on another machine, through `POST /v1/audio/transcriptions`."""
