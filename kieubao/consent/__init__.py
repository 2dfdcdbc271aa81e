"""What each person has agreed to: notices, the ledger, standing, handovers and the one rule of contact."""
