"""Who works here: officers, the division they answer for, and their role."""
