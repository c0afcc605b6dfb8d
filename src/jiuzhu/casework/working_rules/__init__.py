"""Numbers that acts obey: the three sets of working rules, and how two persons put another number into force."""
