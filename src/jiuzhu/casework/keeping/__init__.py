"""How long casework keeps what, and how somebody is erased: the last step, since it knows all others."""
