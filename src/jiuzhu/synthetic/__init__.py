"""An invented county with all datasets, for the demo, the tests and the benchmarks; no real person, not even one row."""
