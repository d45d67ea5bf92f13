"""Answer a series by voice."""
