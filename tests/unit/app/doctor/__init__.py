"""Tests of what would fail."""
