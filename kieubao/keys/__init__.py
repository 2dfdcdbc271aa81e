"""The keys that values are sealed with: what each holds, and how one follows another while the service runs."""
