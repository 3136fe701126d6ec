"""What one run does from its beginning to its end: the flow of a review on one page."""
