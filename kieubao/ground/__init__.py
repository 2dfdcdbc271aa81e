"""Pure functions the whole house stands on: no Flask, no SQL, no settings."""
