"""Code review by a crew of Claude models, with the bill on the page."""

__version__ = "0.1.0"
