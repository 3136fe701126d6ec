"""Where people read a review: pull and merge requests. One folder a forge; the rest is pure."""
