"""Records that come one by one: durable, laid over the base, and answered at once, beside the nightly merge.

`live.Live` is held open by whoever receives records; `Live.take(dataset, source, lines)` is its door.
"""
