"""One folder per audience."""
