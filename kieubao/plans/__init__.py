"""What an office is ordered to do: plans, their tasks, the agencies they name and what became of those."""
