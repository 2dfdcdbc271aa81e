"""Who may do what, of whom, and the trail that every act leaves."""
