"""Which URL shows or does it."""
