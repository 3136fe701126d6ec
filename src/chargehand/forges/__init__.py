"""Where people read a review: pull and merge requests. One file a forge; what should stand there is pure."""
