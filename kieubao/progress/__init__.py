"""How far one's own jobs are, and having them stop or go on."""
