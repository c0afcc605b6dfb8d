"""What people hold against us, and what they ask for by right: each with an owner and a day."""
