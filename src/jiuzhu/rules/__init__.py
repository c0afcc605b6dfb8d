"""Reads the catalogue, checks it, turns a rule into one neutral tree, explains it in words."""
