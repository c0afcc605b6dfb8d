"""Short messages: out under their numbers, receipts in. What goes wrong on the line is expected."""
