"""The bank: instructions out under their numbers, answers in. What goes wrong on the line is expected."""
