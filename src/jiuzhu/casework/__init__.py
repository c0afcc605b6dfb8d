"""What we do: one household, one officer, one transaction at a time."""
