"""Checks an exported event log of Jiuzhu. Needs Python alone, no secret, no running platform, and none of its code."""
