"""Whoever registers themselves, or somebody of theirs, on the public page; nothing enters before a clerk has looked."""
