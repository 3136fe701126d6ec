"""The lens `documentation`: text that the change makes wrong or leaves out."""
