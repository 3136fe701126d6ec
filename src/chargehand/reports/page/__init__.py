"""What every page of ours is made of: text that stays text, a document that loads nothing, and its style."""
