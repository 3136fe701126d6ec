"""Free, deterministic checks on the diff."""
