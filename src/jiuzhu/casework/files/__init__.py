"""The file of a family: everything known and done, read from the registry and the other steps; it keeps nothing itself."""
