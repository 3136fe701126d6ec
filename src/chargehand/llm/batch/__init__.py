"""Message batches: half the price, within a day."""
