"""Install our hooks beside those of others."""
