"""Records that come one by one: durable, laid over the base, and answered at once, beside the nightly merge.

From outside: `public.receiving(workspace, catalogue=…)` gives a door that is held open; `.prepare(progress)` makes it ready, and
`.take(dataset, lines, source=…)` takes one or many records of a dataset as JSON lines. What cannot be answered at once (roads.py
says of which datasets, taking.py of which records) is on the disk all the same and waits for the next look.
"""
