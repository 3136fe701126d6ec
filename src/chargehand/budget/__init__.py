"""What a review would cost, and what it may cost: known before the first call."""
