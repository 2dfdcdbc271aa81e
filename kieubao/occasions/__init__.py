"""What people are to be contacted for: gatherings, delegations, calls for investment, bulletins, protection cases."""
