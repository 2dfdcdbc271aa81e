"""What people say by text message: taken in, answered, and written down."""
