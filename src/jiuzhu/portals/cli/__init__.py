"""The command `jiuzhu`."""
