"""What comes after a decision: reviews by their rhythm, what happens in families, and two years of watch over who left."""
