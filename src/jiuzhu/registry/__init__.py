"""What we know: ingest, identity, profile, monitoring, release; others use only registry.public."""
