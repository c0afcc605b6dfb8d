"""From a released warning to somebody's list."""
