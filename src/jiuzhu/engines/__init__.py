"""Runs the tree: reference (plain Python, the judge) and sql (DuckDB here, Spark on a cluster)."""
