"""Jiuzhu 救助: finds families in need before they ask, and helps each with one application."""
