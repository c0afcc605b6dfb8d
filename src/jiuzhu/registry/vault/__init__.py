"""The encrypted place of names, numbers, contacts and accounts; records carry only the numbers given out here."""
