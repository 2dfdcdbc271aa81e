"""What people say to an occasion, and who comes: recorded by clerks, and by whoever invited."""
