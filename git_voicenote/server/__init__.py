"""The local service: a front end that programs talk to, over HTTP, as they do to OpenAI's."""
