"""Template tags of the whole studio."""
