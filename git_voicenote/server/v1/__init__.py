"""The paths of OpenAI's speech API."""
