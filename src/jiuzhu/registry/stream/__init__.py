"""What new records change, at once: from accepted deliveries to an ordered stream of what began, moved and ended."""
