"""A repository's terms, ranked by what is being explained."""
