"""How the whole goes: counted over what the other steps keep, for those who answer for it."""
