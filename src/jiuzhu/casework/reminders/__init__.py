"""Units are reminded of warnings that concern them: which kinds each is told of, and what it was told."""
