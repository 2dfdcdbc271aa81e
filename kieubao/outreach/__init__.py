"""Occasions, the lists drawn up for them, and what leaves: issues, grants and pulls."""
