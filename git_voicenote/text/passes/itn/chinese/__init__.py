"""Numbers, dates and versions in spoken Chinese."""
