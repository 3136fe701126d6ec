"""The lens `security`: what lets someone do what they must not be able to."""
