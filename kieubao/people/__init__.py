"""The people recorded. Only this package touches their tables."""
