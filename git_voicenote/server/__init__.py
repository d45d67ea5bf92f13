"""The local service: a front end over HTTP, with a page and OpenAI's speech API."""
