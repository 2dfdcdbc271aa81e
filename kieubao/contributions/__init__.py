"""What natives contribute: whom a call for investment suits, what was offered, and what came of it."""
