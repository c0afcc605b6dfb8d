"""Programmes: what law gives a family, written as data, and what an application may say of the family."""
