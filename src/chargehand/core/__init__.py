"""The nouns of a review, and what every room needs."""
