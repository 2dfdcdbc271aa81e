"""Home places that wait for a clerk: which commune of today they are in."""
