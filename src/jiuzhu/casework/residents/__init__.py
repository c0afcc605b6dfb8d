"""Residents who act for themselves: how they prove who they are, for how long, and whom they stand for."""
