"""Replies written down, and played again."""
