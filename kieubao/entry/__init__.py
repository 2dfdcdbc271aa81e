"""The door: signing in and out, joining by an invitation, and proving once more who one is."""
