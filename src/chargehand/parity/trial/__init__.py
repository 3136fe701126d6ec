"""The same changes through each fleet: what that will cost, and the reviews, kept in a folder."""
