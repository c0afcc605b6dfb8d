"""Verification: who agreed to be looked up, what departments answered, and the report an office rests on."""
