"""What systems of other departments ask and hand in: signed requests, JSON answers, described by the document they are checked against."""
