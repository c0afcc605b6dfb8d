"""The outside world, each part behind an interface, with a simulated twin that misbehaves as the real one does."""
