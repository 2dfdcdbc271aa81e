"""Bulk edits: one field set alike for many people at once, seen before it is done, and taken back."""
