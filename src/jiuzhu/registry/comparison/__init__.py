"""Several sources' words on the same thing of the same person, held side by side, and how good each source is."""
