"""Help: the clerk's handbook, the glossary, and what each page is for."""
