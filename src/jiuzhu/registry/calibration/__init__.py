"""Numbers that should move: what is followed of households month by month, and proposals that people release or decline."""
