"""From an examined application to a benefit in force, its changes and its end; each decision with the facts and rules it stands on."""
