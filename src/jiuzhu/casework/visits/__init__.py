"""What was seen, said and agreed at a home or with a neighbour."""
