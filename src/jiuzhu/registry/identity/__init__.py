"""Who each record speaks of, also where its id number is missing or wrong."""
