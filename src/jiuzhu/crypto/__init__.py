"""Ciphers, keyed indexes, signatures and key providers; the only user of cryptographic libraries."""
