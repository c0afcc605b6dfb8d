"""The four goals, measured: coverage without dead corner, all connected, no delay, and warnings that find somebody."""
