"""The changes that fleets are compared on, and what is known to be wrong with them."""
