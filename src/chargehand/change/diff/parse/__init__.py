"""Reads the text of any diff, whatever wrote it: `files.py` begins."""
