"""What the work amounts to: questions over what the other steps keep."""
