"""Systems of other departments that may ask and hand in: who they are, what each may ask for, and that each call is signed once."""
