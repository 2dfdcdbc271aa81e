"""The roof: the one place where every part of kieubao meets."""
