"""The police desk: one request, decided before a single byte (docs/police.md). Nobody else in the house knows of it."""
