"""Electronic licences: one of one person, asked for under an authorisation, with the file that the authority signed."""
