"""What somebody keeps at hand for themselves: people, and searches."""
