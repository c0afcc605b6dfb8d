"""One application as one thing: what it asks of whom, what came of each, and the one answer to whoever applied."""
