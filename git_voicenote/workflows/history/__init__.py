"""Work on the history of recordings: choose some of them, and delete them."""
