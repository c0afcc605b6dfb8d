"""Who proposed another number, who else released it, and what it would have found beside the one in force."""
