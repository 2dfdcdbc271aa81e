"""The protection officer's desk: the trail searched, unusual reading, reviews, registers and breaches."""
