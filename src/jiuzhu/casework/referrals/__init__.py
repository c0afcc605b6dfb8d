"""What is asked of another department for a family, and what became of it."""
