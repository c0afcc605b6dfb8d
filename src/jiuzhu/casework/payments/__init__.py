"""Money: from a decision in force to an amount that arrived, each fen of it in a ledger that is only ever added to."""
