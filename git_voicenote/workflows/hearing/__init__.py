"""From speech to segments: what is known before, the recording, and what was heard."""
