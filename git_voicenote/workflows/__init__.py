"""The workflows: explain, dictate, answer, transcribe, exchange and others."""
