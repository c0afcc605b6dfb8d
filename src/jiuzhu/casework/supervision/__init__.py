"""What the work amounts to, and whether looks at families were the work: questions over what the other steps keep."""
