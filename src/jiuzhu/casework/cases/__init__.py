"""One family in our care: its case, members, tags, tasks, duties, plan, and what is announced about it."""
