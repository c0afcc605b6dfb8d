"""Rules over the base: signals, unknowns, facts and their tallies."""
