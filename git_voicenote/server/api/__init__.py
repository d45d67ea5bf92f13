"""The paths of the page: jobs, the history, settings, engines and the repository."""
