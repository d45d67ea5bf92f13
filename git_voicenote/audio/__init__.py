"""Recording, files, voice activity and playback."""
