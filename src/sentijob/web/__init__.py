"""The HTTP API and the page: the same store, for programs, colleagues and browsers."""
