"""What of the repository models are shown beside a change: what its lines use, and what uses them."""
