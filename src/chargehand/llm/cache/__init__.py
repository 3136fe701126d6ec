"""Replies of earlier runs, kept in a folder."""
