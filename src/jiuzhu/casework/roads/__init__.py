"""Applications and programmes walk the roads of their workflow files: state by state, each step by who may do it, each with its day."""
