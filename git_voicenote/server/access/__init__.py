"""Who reaches the service, under which name, with which token, and for how long."""
