"""Who decided about held deliveries, and what sources answered about the rows that were sent back to them."""
