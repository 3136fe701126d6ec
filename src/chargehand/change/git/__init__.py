"""Questions to git."""
