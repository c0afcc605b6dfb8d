"""Landed and checked: what departments deliver becomes records, without loss and without doubt."""
