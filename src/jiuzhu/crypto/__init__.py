"""Ciphers, keyed indexes and key providers; the only room that uses cryptographic libraries."""
