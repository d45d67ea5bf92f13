"""Access to the service: addresses, host names, tokens and time limits."""
