"""From linked records to the base engines read: what is in force, who lives together, relations, derived columns, coverage."""
