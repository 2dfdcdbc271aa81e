"""Records that may be one person's: looked at in pairs, told apart or merged, and a merge undone."""
