"""What a person wants done: explain, dictate, answer, transcribe, exchange."""
