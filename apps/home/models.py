"""Home gathers from other apps and stores nothing."""
