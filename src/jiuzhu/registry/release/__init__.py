"""A release: one folder built aside, swapped in at once and never changed."""
